/** Fetches Brotli when a program first uses it: most never do, and it is a megabyte. */
import { native } from '../../../natives.ts';
import { BrotliLibrary } from './library.ts';

/** Address of the package's WebAssembly, set by scripts/build-preview-shell.mjs. */
declare const TERRARIUM_BROTLI_WASM: string;

let library: BrotliLibrary | undefined;

/** @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM when it can not be fetched (the page is offline, and never used it before) */
export function brotli(): BrotliLibrary {
  return (library ??= new BrotliLibrary(new native.WebAssembly.Module(fetchNow(TERRARIUM_BROTLI_WASM))));
}

/** Blocking, as `brotliCompressSync` is. */
function fetchNow(address: string): ArrayBuffer {
  const request = new native.XMLHttpRequest();
  request.open('GET', address, false);
  request.responseType = 'arraybuffer';
  try {
    request.send();
  } catch {
    throw unavailable('no connection');
  }
  if (request.status !== 200) throw unavailable(`status ${request.status}`);
  return request.response as ArrayBuffer;
}

const unavailable = (why: string): Error =>
  Object.assign(new Error(`Brotli could not be loaded (${why}).`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
