/** The constants of broker.ts, apart from its schemas: the broker trusts the app, parses nothing, and has to start fast. */
export const BROKER_VERSION = 1;
export const BROKER_SOURCE = 'terrarium-broker';
export const APP_SOURCE = 'terrarium-app';

/** Credit granted with `spawn`, in UTF-16 units, and topped up as the reader takes chunks. */
export const OUTPUT_WINDOW = 256 * 1024;
/** No single output message is longer than this, in UTF-16 units. */
export const MAX_CHUNK = 64 * 1024;
