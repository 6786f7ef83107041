/** UDP over JavaScript (src/js_udp_wrap.cc), which only QUIC uses. */
import type { BindingContext } from '../context.ts';

export function create(_ctx: BindingContext): Record<string, unknown> {
  class JSUDPWrap {
    constructor() {
      throw Object.assign(new Error('UDP is not supported in the container.'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    }
  }
  return { JSUDPWrap };
}
