import type { BindingContext } from '../context.ts';

const STACK_LENGTH = 7;
const EXECUTION_ASYNC_ID = 0;
const TRIGGER_ASYNC_ID = 1;

const PROVIDERS = ('NONE DIRHANDLE DNSCHANNEL ELDHISTOGRAM FILEHANDLE FILEHANDLECLOSEREQ BLOBREADER FSEVENTWRAP FSREQCALLBACK FSREQPROMISE ' +
  'GETADDRINFOREQWRAP GETNAMEINFOREQWRAP HEAPSNAPSHOT HTTP2SESSION HTTP2STREAM HTTP2PING HTTP2SETTINGS HTTPINCOMINGMESSAGE HTTPCLIENTREQUEST ' +
  'JSSTREAM JSUDPWRAP MESSAGEPORT PIPECONNECTWRAP PIPESERVERWRAP PIPEWRAP PROCESSWRAP PROMISE QUERYWRAP QUIC_ENDPOINT QUIC_LOGSTREAM QUIC_PACKET ' +
  'QUIC_SESSION QUIC_STREAM QUIC_UDP SHUTDOWNWRAP SIGNALWRAP STATWATCHER STREAMPIPE TCPCONNECTWRAP TCPSERVERWRAP TCPWRAP TTYWRAP UDPSENDWRAP ' +
  'UDPWRAP SIGINTWATCHDOG WORKER WORKERCPUPROFILE WORKERCPUUSAGE WORKERHEAPSNAPSHOT WORKERHEAPSTATISTICS WRITEWRAP ZLIB CHECKPRIMEREQUEST ' +
  'PBKDF2REQUEST KEYPAIRGENREQUEST KEYGENREQUEST KEYEXPORTREQUEST CIPHERREQUEST DERIVEBITSREQUEST HASHREQUEST RANDOMBYTESREQUEST ' +
  'RANDOMPRIMEREQUEST SCRYPTREQUEST SIGNREQUEST TLSWRAP VERIFYREQUEST').split(' ');

/** Asynchronous resource ids and their stack (async_wrap.cc, env.h). */
export function create(_ctx: BindingContext): Record<string, unknown> {
  const hookFields = new Uint32Array(9);
  hookFields[6] = 1;
  const idFields = new Float64Array([1, 0, 2, -1]);
  const stack: number[] = [];
  const idsStack = new Float64Array(32);
  const resources: unknown[] = [];

  return {
    setupHooks() {},
    setCallbackTrampoline() {},
    setPromiseHooks() {},
    getPromiseHooks: () => [undefined, undefined, undefined, undefined],
    registerDestroyHook() {},
    queueDestroyAsyncId() {},
    pushAsyncContext(asyncId: number, triggerAsyncId: number) {
      // Called for depths that do not fit in async_ids_stack.
      stack.push(idFields[EXECUTION_ASYNC_ID] as number, idFields[TRIGGER_ASYNC_ID] as number);
      hookFields[STACK_LENGTH] = (hookFields[STACK_LENGTH] as number) + 1;
      idFields[EXECUTION_ASYNC_ID] = asyncId;
      idFields[TRIGGER_ASYNC_ID] = triggerAsyncId;
    },
    popAsyncContext() {
      const depth = hookFields[STACK_LENGTH] as number;
      if (depth === 0) return false;
      hookFields[STACK_LENGTH] = depth - 1;
      const trigger = stack.pop();
      const execution = stack.pop();
      if (trigger !== undefined && execution !== undefined) {
        idFields[EXECUTION_ASYNC_ID] = execution;
        idFields[TRIGGER_ASYNC_ID] = trigger;
      } else {
        idFields[EXECUTION_ASYNC_ID] = idsStack[2 * (depth - 1)] as number;
        idFields[TRIGGER_ASYNC_ID] = idsStack[2 * (depth - 1) + 1] as number;
      }
      resources.pop();
      return depth - 1 > 0;
    },
    clearAsyncIdStack() {
      stack.length = 0;
      resources.length = 0;
      hookFields[STACK_LENGTH] = 0;
      idFields[EXECUTION_ASYNC_ID] = 0;
      idFields[TRIGGER_ASYNC_ID] = 0;
    },
    executionAsyncResource: (index: number) => resources[index],
    async_hook_fields: hookFields,
    async_id_fields: idFields,
    async_ids_stack: idsStack,
    execution_async_resources: resources,
    constants: {
      kInit: 0, kBefore: 1, kAfter: 2, kDestroy: 3, kPromiseResolve: 4, kTotals: 5, kCheck: 6,
      kExecutionAsyncId: 0, kTriggerAsyncId: 1, kAsyncIdCounter: 2, kDefaultTriggerAsyncId: 3,
      kUsesExecutionAsyncResource: 8, kStackLength: STACK_LENGTH,
    },
    Providers: Object.fromEntries(PROVIDERS.map((name, index) => [name, index])),
  };
}
