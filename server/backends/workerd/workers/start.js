import '@PRELUDE@';
import entry from '@ENTRY@';

/** Said at the start, where somebody looks, and not with the first request. */
const handler = typeof entry === 'function' ? entry.prototype : entry;
if (typeof handler?.fetch !== 'function') throw new TypeError('The default export has no fetch handler');

export default entry;
