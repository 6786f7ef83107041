import { create as asyncContextFrame } from './async_context_frame.ts';
import { create as asyncWrap } from './async_wrap.ts';
import { create as caresWrap } from './cares_wrap.ts';
import { create as config } from './config.ts';
import { create as contextify } from './contextify.ts';
import { create as credentials } from './credentials.ts';
import { create as errors } from './errors.ts';
import { create as fs } from './fs.ts';
import { create as fsDir } from './fs_dir.ts';
import { create as fsEventWrap } from './fs_event_wrap.ts';
import { create as httpParser } from './http_parser.ts';
import { create as jsStream } from './js_stream.ts';
import { create as jsUdpWrap } from './js_udp_wrap.ts';
import { create as messaging } from './messaging.ts';
import { create as moduleWrap } from './module_wrap.ts';
import { create as modules } from './modules.ts';
import { create as pipeWrap } from './pipe_wrap.ts';
import { create as processMethods } from './process_methods.ts';
import { create as processWrap } from './process_wrap.ts';
import { create as signalWrap } from './signal_wrap.ts';
import { create as spawnSync } from './spawn_sync.ts';
import { create as streamWrap } from './stream_wrap.ts';
import { create as symbols } from './symbols.ts';
import { create as taskQueue } from './task_queue.ts';
import { create as tcpWrap } from './tcp_wrap.ts';
import { create as timers } from './timers.ts';
import { create as tlsWrap } from './tls_wrap.ts';
import { create as ttyWrap } from './tty_wrap.ts';
import { create as udpWrap } from './udp_wrap.ts';
import { create as uv } from './uv.ts';
import { create as worker } from './worker.ts';
import type { BindingFactory } from '../context.ts';

/** Name of each internal binding -> what makes it for a thread. `builtins` is made by the bootstrap, which has the library. */
export const FACTORIES: Readonly<Record<string, BindingFactory>> = {
  async_context_frame: asyncContextFrame,
  async_wrap: asyncWrap,
  cares_wrap: caresWrap,
  config: config,
  contextify: contextify,
  credentials: credentials,
  errors: errors,
  fs: fs,
  fs_dir: fsDir,
  fs_event_wrap: fsEventWrap,
  http_parser: httpParser,
  js_stream: jsStream,
  js_udp_wrap: jsUdpWrap,
  messaging: messaging,
  module_wrap: moduleWrap,
  modules: modules,
  pipe_wrap: pipeWrap,
  process_methods: processMethods,
  process_wrap: processWrap,
  signal_wrap: signalWrap,
  spawn_sync: spawnSync,
  stream_wrap: streamWrap,
  symbols: symbols,
  task_queue: taskQueue,
  tcp_wrap: tcpWrap,
  timers: timers,
  tls_wrap: tlsWrap,
  tty_wrap: ttyWrap,
  udp_wrap: udpWrap,
  uv: uv,
  worker: worker,
};
