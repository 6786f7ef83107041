/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Address of the backend, without a trailing slash; without a `backend/` folder there is none. */
  readonly VITE_API_URL?: string;
  /** The same for WebSockets. */
  readonly VITE_WS_URL?: string;
}
