/** A proxy is transparent to JavaScript; the host knows what is one only by seeing it made. Proxies that native code makes are not known. */
type Details = readonly [target: unknown, handler: unknown];

const details = new WeakMap<object, Details>();
const REVOKED: Details = [null, null];
const NativeProxy = Proxy;
const construct = Reflect.construct;

/** Target and handler of a proxy (both null when it is revoked); undefined for all else. */
export function proxyDetails(value: unknown): Details | undefined {
  return details.get(value as object);
}

/** Replaces the global `Proxy` by one that remembers what it makes. Later calls change nothing. */
export function trackProxies(global: typeof globalThis): void {
  if (global.Proxy !== NativeProxy) return;
  function tracked(target: object, handler: ProxyHandler<object>): object {
    if (new.target === undefined) throw new TypeError("Constructor Proxy requires 'new'");
    const made = construct(NativeProxy, [target, handler]) as object;
    details.set(made, [target, handler]);
    return made;
  }
  function revocable(target: object, handler: ProxyHandler<object>): { proxy: object; revoke: () => void } {
    const pair = NativeProxy.revocable(target, handler);
    const { proxy, revoke } = pair;
    details.set(proxy, [target, handler]);
    pair.revoke = () => {
      revoke();
      details.set(proxy, REVOKED);
    };
    return pair;
  }
  // A bound function has no `prototype` and shows as native code, as `Proxy` does.
  const replacement = tracked.bind(undefined);
  Object.defineProperty(replacement, 'name', { value: 'Proxy', configurable: true });
  Object.defineProperty(replacement, 'revocable', { value: revocable, writable: true, configurable: true });
  Object.defineProperty(global, 'Proxy', { value: replacement, writable: true, configurable: true });
}
