import type { BindingContext } from '../context.ts';
import { asyncHooks, FIELD, ID, type AsyncHooks, type HookFunctions } from './async-hooks.ts';

/** Kinds of resource, by number (async_wrap.h). */
const PROVIDERS = ('NONE DIRHANDLE DNSCHANNEL ELDHISTOGRAM FILEHANDLE FILEHANDLECLOSEREQ BLOBREADER FSEVENTWRAP FSREQCALLBACK FSREQPROMISE ' +
  'GETADDRINFOREQWRAP GETNAMEINFOREQWRAP HEAPSNAPSHOT HTTP2SESSION HTTP2STREAM HTTP2PING HTTP2SETTINGS HTTPINCOMINGMESSAGE HTTPCLIENTREQUEST ' +
  'JSSTREAM JSUDPWRAP MESSAGEPORT PIPECONNECTWRAP PIPESERVERWRAP PIPEWRAP PROCESSWRAP PROMISE QUERYWRAP QUIC_ENDPOINT QUIC_LOGSTREAM QUIC_PACKET ' +
  'QUIC_SESSION QUIC_STREAM QUIC_UDP SHUTDOWNWRAP SIGNALWRAP STATWATCHER STREAMPIPE TCPCONNECTWRAP TCPSERVERWRAP TCPWRAP TTYWRAP UDPSENDWRAP ' +
  'UDPWRAP SIGINTWATCHDOG WORKER WORKERCPUPROFILE WORKERCPUUSAGE WORKERHEAPSNAPSHOT WORKERHEAPSTATISTICS WRITEWRAP ZLIB CHECKPRIMEREQUEST ' +
  'PBKDF2REQUEST KEYPAIRGENREQUEST KEYGENREQUEST KEYEXPORTREQUEST CIPHERREQUEST DERIVEBITSREQUEST HASHREQUEST RANDOMBYTESREQUEST ' +
  'RANDOMPRIMEREQUEST SCRYPTREQUEST SIGNREQUEST TLSWRAP VERIFYREQUEST').split(' ');

/** Asynchronous resource ids, their stack and the hooks that are told (async_wrap.cc). Promises tell of themselves to no one: browsers have no hook for them. */
export function create(ctx: BindingContext): Record<string, unknown> {
  const hooks: AsyncHooks = asyncHooks(ctx);
  return {
    setupHooks: (functions: HookFunctions) => void (hooks.functions = functions),
    setCallbackTrampoline: (trampoline?: AsyncHooks['trampoline']) => void (hooks.trampoline = trampoline),
    setPromiseHooks() {},
    getPromiseHooks: () => [undefined, undefined, undefined, undefined],
    registerDestroyHook: (object: object, asyncId: number, destroyed?: { destroyed?: boolean }) => hooks.watch(object, asyncId, destroyed),
    queueDestroyAsyncId: (asyncId: number) => hooks.queueDestroy(asyncId),
    pushAsyncContext: (asyncId: number, triggerAsyncId: number) => hooks.push(asyncId, triggerAsyncId),
    popAsyncContext: (asyncId: number) => hooks.pop(asyncId),
    clearAsyncIdStack: () => hooks.clear(),
    executionAsyncResource: (index: number) => hooks.resourceAt(index),
    async_hook_fields: hooks.fields,
    async_id_fields: hooks.ids,
    get async_ids_stack() { return hooks.stack; },
    execution_async_resources: hooks.resources,
    constants: {
      kInit: FIELD.init, kBefore: FIELD.before, kAfter: FIELD.after, kDestroy: FIELD.destroy, kPromiseResolve: FIELD.promiseResolve, kTotals: FIELD.totals,
      kCheck: FIELD.check, kStackLength: FIELD.stackLength, kUsesExecutionAsyncResource: FIELD.usesExecutionAsyncResource,
      kExecutionAsyncId: ID.execution, kTriggerAsyncId: ID.trigger, kAsyncIdCounter: ID.counter, kDefaultTriggerAsyncId: ID.defaultTrigger,
    },
    Providers: Object.fromEntries(PROVIDERS.map((name, index) => [name, index])),
  };
}
