import type { BindingFactory } from '../context.ts';
import { create as asyncContextFrame } from './async_context_frame.ts';
import { create as asyncWrap } from './async_wrap.ts';
import { create as blob } from './blob.ts';
import { create as blockList } from './block_list.ts';
import { create as buffer } from './buffer.ts';
import { create as caresWrap } from './cares_wrap.ts';
import { create as config } from './config.ts';
import { create as constants } from './constants.ts';
import { create as contextify } from './contextify.ts';
import { create as credentials } from './credentials.ts';
import { create as encodingBinding } from './encoding_binding.ts';
import { create as errors } from './errors.ts';
import { create as fs } from './fs.ts';
import { create as fsDir } from './fs_dir.ts';
import { create as fsEventWrap } from './fs_event_wrap.ts';
import { create as heapUtils } from './heap_utils.ts';
import { create as http2 } from './http2.ts';
import { create as httpParser } from './http_parser.ts';
import { create as icu } from './icu.ts';
import { create as internalOnlyV8 } from './internal_only_v8.ts';
import { create as jsStream } from './js_stream.ts';
import { create as jsUdpWrap } from './js_udp_wrap.ts';
import { create as messaging } from './messaging.ts';
import { create as mksnapshot } from './mksnapshot.ts';
import { create as moduleWrap } from './module_wrap.ts';
import { create as modules } from './modules.ts';
import { create as options } from './options.ts';
import { create as os } from './os.ts';
import { create as performance } from './performance.ts';
import { create as permission } from './permission.ts';
import { create as pipeWrap } from './pipe_wrap.ts';
import { create as processMethods } from './process_methods.ts';
import { create as processWrap } from './process_wrap.ts';
import { create as report } from './report.ts';
import { create as sea } from './sea.ts';
import { create as signalWrap } from './signal_wrap.ts';
import { create as spawnSync } from './spawn_sync.ts';
import { create as streamPipe } from './stream_pipe.ts';
import { create as streamWrap } from './stream_wrap.ts';
import { create as stringDecoder } from './string_decoder.ts';
import { create as symbols } from './symbols.ts';
import { create as taskQueue } from './task_queue.ts';
import { create as tcpWrap } from './tcp_wrap.ts';
import { create as terrarium } from './terrarium.ts';
import { create as timers } from './timers.ts';
import { create as tlsWrap } from './tls_wrap.ts';
import { create as traceEvents } from './trace_events.ts';
import { create as ttyWrap } from './tty_wrap.ts';
import { create as types } from './types.ts';
import { create as udpWrap } from './udp_wrap.ts';
import { create as url } from './url.ts';
import { create as util } from './util.ts';
import { create as uv } from './uv.ts';
import { create as v8 } from './v8.ts';
import { create as wasmWebApi } from './wasm_web_api.ts';
import { create as worker } from './worker.ts';

interface Binding {
  create: BindingFactory;
}

/** The bundler's: a module that is required is evaluated when it is, here once a program asks for the binding. Their tables cost each thread 20 ms. */
declare const require: (path: string) => unknown;

/** Name of each internal binding -> what makes it for a thread. `builtins` is made by the bootstrap, which has the library. */
export const FACTORIES: Readonly<Record<string, BindingFactory>> = {
  async_context_frame: asyncContextFrame,
  async_wrap: asyncWrap,
  blob: blob,
  block_list: blockList,
  buffer: buffer,
  cares_wrap: caresWrap,
  config: config,
  constants: constants,
  contextify: contextify,
  credentials: credentials,
  crypto: (ctx) => (require('./crypto.ts') as Binding).create(ctx),
  encoding_binding: encodingBinding,
  errors: errors,
  fs: fs,
  fs_dir: fsDir,
  fs_event_wrap: fsEventWrap,
  heap_utils: heapUtils,
  http2: http2,
  http_parser: httpParser,
  icu: icu,
  internal_only_v8: internalOnlyV8,
  js_stream: jsStream,
  js_udp_wrap: jsUdpWrap,
  messaging: messaging,
  mksnapshot: mksnapshot,
  module_wrap: moduleWrap,
  modules: modules,
  options: options,
  os: os,
  performance: performance,
  permission: permission,
  pipe_wrap: pipeWrap,
  process_methods: processMethods,
  process_wrap: processWrap,
  report: report,
  sea: sea,
  serdes: (ctx) => (require('./serdes.ts') as Binding).create(ctx),
  signal_wrap: signalWrap,
  spawn_sync: spawnSync,
  stream_pipe: streamPipe,
  stream_wrap: streamWrap,
  string_decoder: stringDecoder,
  symbols: symbols,
  task_queue: taskQueue,
  tcp_wrap: tcpWrap,
  terrarium: terrarium,
  timers: timers,
  tls_wrap: tlsWrap,
  trace_events: traceEvents,
  tty_wrap: ttyWrap,
  types: types,
  udp_wrap: udpWrap,
  url: url,
  util: util,
  uv: uv,
  v8: v8,
  wasi: (ctx) => (require('./wasi.ts') as Binding).create(ctx),
  wasm_web_api: wasmWebApi,
  worker: worker,
  zlib: (ctx) => (require('./zlib.ts') as Binding).create(ctx),
};
