/**
 * Content-Security-Policy of each room (docs/architecture.md). `base` is the app's origin; sources are origins.
 * A wildcard source `http://*.preview.localhost:4000` is the closest that the grammar of CSP 3 has to "the previews of one label".
 */
export interface Rooms {
  app: string;
  /** Any broker, any preview: wildcard sources. */
  anyBroker: string;
  anyPreview: string;
  /** Origins that may frame a container host besides the app. */
  embedders: readonly string[];
}

export function roomsOf(base: string, embedders: readonly string[]): Rooms {
  const { protocol, host } = new URL(base);
  return { app: `${protocol}//${host}`, anyBroker: `${protocol}//*.broker.${host}`, anyPreview: `${protocol}//*.preview.${host}`, embedders };
}

function policy(directives: Record<string, string | readonly string[]>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : value.join(' ')}`.trim())
    .join('; ');
}

const NOTHING_ELSE = { 'base-uri': "'none'", 'object-src': "'none'" };

const orNobody = (origins: readonly string[]): string | readonly string[] => (origins.length === 0 ? "'none'" : origins);

/** The page. Monaco and xterm set style elements; Monaco starts its workers from blobs. `ancestors`: who may frame it. */
export function appPolicy({ app, anyBroker, anyPreview }: Rooms, ancestors: readonly string[] = []): string {
  return policy({
    'default-src': "'none'",
    'script-src': "'self' 'wasm-unsafe-eval'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self' data:",
    'connect-src': ["'self'", app.replace(/^http/, 'ws'), anyPreview],
    'worker-src': "'self' blob:",
    'manifest-src': "'self'",
    'frame-src': [anyBroker, anyPreview],
    'frame-ancestors': orNobody(ancestors),
    'form-action': "'self'",
    ...NOTHING_ELSE,
  });
}

/** `embedders`, here and below: origins of the pages that may show the environment; each ancestor of a frame must match, theirs is the outermost. */
export function brokerPolicy({ app }: Rooms, hostOrigin: string, embedders: readonly string[]): string {
  return policy({
    'default-src': "'none'",
    'script-src': "'self'",
    // Its service worker fetches the page and the script, to keep them for offline.
    'connect-src': "'self'",
    'frame-src': hostOrigin,
    'frame-ancestors': [app, ...embedders],
    'form-action': "'none'",
    ...NOTHING_ELSE,
  });
}

/**
 * The container host runs a task's code, so the policy does not limit what it loads; it says who may frame it. Each ancestor must
 * match: the broker is itself framed by the app.
 */
export function hostPolicy({ app, embedders }: Rooms, environment: { broker: string; embedders: readonly string[] } | undefined): string {
  return policy({ ...NOTHING_ELSE, 'frame-ancestors': environment === undefined ? [app, ...embedders] : [environment.broker, app, ...environment.embedders] });
}

/** Framed by previews, which are framed by the app or an embedder, or opened in a tab. The relay itself admits only `<label>--*`. */
export function relayPolicy({ app, anyPreview, embedders }: Rooms, ofEnvironment: readonly string[]): string {
  return policy({ 'default-src': "'none'", 'script-src': "'self'", 'worker-src': "'self'", 'connect-src': "'self'", 'frame-ancestors': [anyPreview, app, ...embedders, ...ofEnvironment], ...NOTHING_ELSE });
}

/** Our own pages on a preview origin. The sandbox holds there also in a tab; what the task's server answers gets it from the preview's service worker. */
export function previewPolicy({ app, anyPreview, embedders }: Rooms, sandbox: string, hostOrigin: string, ofEnvironment: readonly string[]): string {
  return policy({
    sandbox,
    'default-src': "'self'",
    'script-src': "'self' 'unsafe-inline'",
    'style-src': "'self' 'unsafe-inline'",
    'frame-src': ["'self'", hostOrigin, anyPreview],
    'frame-ancestors': [app, anyPreview, ...embedders, ...ofEnvironment],
    ...NOTHING_ELSE,
  });
}
