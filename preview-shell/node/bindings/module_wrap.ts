import { unpackModule, type CodeFacts } from '../../../shared/module-code/facts.ts';
import { withoutHashbang } from '../../../shared/module-code/hashbang.ts';
import { lexModule, type LexedModule, type ModuleRequest } from '../../../shared/module-code/lex.ts';
import { mayAwaitAtTopLevel } from '../../../shared/module-code/top-level-await.ts';
import { PackedCode } from '../modules/packed-code.ts';
import { applyEdits, mergeEdits, type Edit } from '../../../shared/module-code/awaits/edits.ts';
import { editsOf } from '../modules/await-text.ts';
import { explainGraph } from '../modules/explain-graph.ts';
import { evaluationBegan, holdUntilEvaluation } from '../modules/loading-graphs.ts';
import { LazyExports } from '../modules/lazy-exports.ts';
import { createNamespace, requiredFacade } from '../modules/namespaces.ts';
import { noteText } from '../modules/positions.ts';
import { moduleEdits } from '../modules/rewrite.ts';
import { facadeSource, fetchedTogether, GLOBAL } from '../modules/served-text.ts';
import { servedUrl, tidyError } from '../modules/served-url.ts';
import { explainSyntaxError, syntaxErrorOf, type Source } from '../modules/syntax-errors.ts';
import { evaluateSync } from '../modules/sync-evaluate.ts';
import { transforms } from '../modules/transforms.ts';
import type { BindingContext } from '../context.ts';

const UNINSTANTIATED = 0;
const INSTANTIATING = 1;
const INSTANTIATED = 2;
const EVALUATING = 3;
const EVALUATED = 4;
const ERRORED = 5;

type EvaluationSteps = (this: ModuleRecord) => void;
type DynamicImportCallback = (symbol: symbol, specifier: string, attributes: object, referrer: string) => Promise<unknown>;
type MetaCallback = (symbol: symbol, meta: object, wrap: ModuleRecord) => void;

/** Where served module texts go: the host's service worker (service-worker/module-channel.ts). */
export interface ModulePublisher {
  readonly origin: string;
  readonly threadKey: string;
  publish(modules: [url: string, source: string][]): void;
}

interface ModuleHost {
  ctx: BindingContext;
  readonly publisher: ModulePublisher;
  records: Map<number, ModuleRecord>;
  packedCode: PackedCode;
  importCallback: DynamicImportCallback;
  metaCallback: MetaCallback;
  defaultOption: symbol;
  scriptOption: symbol;
}

let host: ModuleHost;
let lastSerial = 0;

/**
 * Node's module record (module_wrap.cc) over the browser's native modules. Node's loader resolves, loads and links; evaluating hands the texts of
 * the linked graph to the service worker and imports the root. A record that `require()` asked for is run at once as a function (`evaluateSync`),
 * and served as a facade afterwards: one file is one instance.
 */
class ModuleRecord {
  readonly serial = ++lastSerial;
  readonly url: string;
  readonly synthetic: boolean;
  readonly sourceURL: string | undefined;
  readonly sourceMapURL: string | undefined;
  isMain?: boolean;
  readonly #source: string = '';
  readonly #lexed: LexedModule | undefined;
  readonly #facts: CodeFacts | undefined;
  readonly #steps: EvaluationSteps | undefined;
  readonly #exportNames: readonly string[];
  readonly #values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  readonly #setters = new Map<string, (value: unknown) => void>();
  readonly #lazy = new LazyExports(this.#values);
  readonly #option: symbol;
  #linked: ModuleRecord[] = [];
  #status = UNINSTANTIATED;
  #error: unknown;
  #namespace: object | undefined;
  #served: string | undefined;
  #published = false;
  #meta: object | undefined;
  #promise: Promise<unknown> | undefined;

  constructor(url: string, _context: unknown, source: string | string[], steps: EvaluationSteps | number, _column?: unknown, option?: symbol | ArrayBufferView) {
    this.url = url;
    this.#option = typeof option === 'symbol' ? option : host.defaultOption;
    if (typeof source === 'string') {
      this.synthetic = false;
      this.#source = withoutHashbang(source);
      this.#facts = host.packedCode.factsOf(url, source);
      this.#lexed = this.#facts?.m === undefined ? this.#lex() : unpackModule(this.#facts.m);
      this.#exportNames = this.#lexed.exportNames;
      this.sourceMapURL = /\/\/[#@] sourceMappingURL=(\S+)\s*$/.exec(source)?.[1];
    } else {
      this.synthetic = true;
      this.#exportNames = source;
      this.#steps = steps as EvaluationSteps;
      this.#namespace = createNamespace(source, this.#values);
    }
    host.records.set(this.serial, this);
  }

  #lex(): LexedModule {
    try {
      return lexModule(this.#source, this.url);
    } catch (error) {
      const found = syntaxErrorOf(host.ctx, this.text());
      if (found === undefined) throw error;
      const exception = new SyntaxError(found.message);
      explainSyntaxError(host.ctx, exception, this.text(), false);
      throw exception;
    }
  }

  text(): Source {
    return { text: this.#source, name: this.url, type: 'module' };
  }

  get isEvaluatingText(): boolean {
    return !this.synthetic && this.#status === EVALUATING;
  }

  get linked(): readonly ModuleRecord[] {
    return this.#linked;
  }

  getModuleRequests(): readonly ModuleRequest[] {
    return this.#lexed?.requests ?? [];
  }

  link(modules: ArrayLike<ModuleRecord>): void {
    // The library hands an object without a prototype, which cannot be iterated.
    this.#linked = Array.from(modules);
  }

  getStatus(): number {
    return this.#status;
  }

  getError(): unknown {
    return this.#error;
  }

  getNamespace(): object {
    if (this.#namespace === undefined) throw new Error(`Module ${this.url} has no namespace before it is evaluated.`);
    return this.#namespace;
  }

  getNamespaceSync(): object {
    return this.getNamespace();
  }

  hasTopLevelAwait(): boolean {
    if (this.synthetic) return false;
    return this.#facts?.m === undefined ? mayAwaitAtTopLevel(this.#source) : this.#facts.a === true;
  }

  isGraphAsync(): boolean {
    return this.#graph().some((record) => record.#status !== EVALUATED && record.hasTopLevelAwait());
  }

  instantiate(): void {
    for (const record of this.#graph()) if (record.#status < INSTANTIATED) record.#status = INSTANTIATED;
  }

  instantiateSync(): boolean {
    this.instantiate();
    return this.isGraphAsync();
  }

  createCachedData(): Uint8Array {
    return new Uint8Array(0);
  }

  setExport(name: string, value: unknown): void {
    if (this.#lazy.has(name)) this.#lazy.settle(name, value);
    else this.#values[name] = value;
    this.#setters.get(name)?.(value);
  }

  setLazyExport(name: string, read: () => unknown): void {
    const wasWanted = Object.hasOwn(this.#values, name) && !this.#lazy.has(name);
    if (wasWanted) this.setExport(name, read());
    else this.#lazy.define(name, read);
  }

  /** The import statement at this place of another module's text is about to bind its exports natively. */
  #boundBy(source: string, start: number, end: number): void {
    if (this.#lazy.size === 0) return;
    for (const name of this.#lazy.wantedBy(source.slice(start, end))) {
      const value = this.#values[name];
      this.#setters.get(name)?.(value);
    }
  }

  /** Synthetic records run at once; others natively. */
  evaluate(): Promise<unknown> {
    if (this.synthetic) {
      this.#runSteps();
      return Promise.resolve(undefined);
    }
    if (this.#status === EVALUATED) return Promise.resolve(undefined);
    this.#promise ??= this.#evaluateNatively();
    return this.#promise;
  }

  evaluateSync(): object {
    this.#evaluateNow();
    return this.getNamespace();
  }

  async #evaluateNatively(): Promise<void> {
    const graph = this.#graph();
    const loaded = holdUntilEvaluation(host.ctx.loop, graph);
    try {
      const published = publishGraph(graph);
      for (const record of graph) if (!record.synthetic && record.#status === INSTANTIATED) record.#status = EVALUATING;
      // The end of its text has told the record of its namespace.
      await nativeImport(fetchedTogether(this.servedUrl, published));
      this.#status = EVALUATED;
    } catch (error) {
      explainGraph(host.ctx, error, graph);
      tidyError(error);
      for (const record of graph) if (record.#status === EVALUATING) record.#fail(error);
      throw error;
    } finally {
      loaded();
    }
  }

  #fail(error: unknown): void {
    this.#status = ERRORED;
    this.#error = error;
  }

  #runSteps(): void {
    if (this.#status === EVALUATED || this.#status === EVALUATING) return;
    this.#status = EVALUATING;
    try {
      this.#steps?.call(this);
      this.#status = EVALUATED;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #evaluateNow(): void {
    if (this.#status === ERRORED) throw this.#error;
    if (this.#status === EVALUATED || this.#status === EVALUATING) return;
    if (this.synthetic) return this.#runSteps();
    this.#status = EVALUATING;
    this.#namespace = createNamespace(this.#allExportNames(new Set()), this.#values);
    try {
      for (const record of this.#linked) record.#evaluateNow();
      evaluateSync(this.#body(), this.url, {
        exports: this.#exportsObject(),
        request: (specifier) => this.#requested(specifier).getNamespace(),
        meta: () => this.importMeta(),
        dynamicImport: (specifier, options) => this.importDynamically(specifier, options),
      });
      this.#status = EVALUATED;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** As a function's, for `require()`. */
  #body(): string {
    const { s, u } = this.#facts ?? {};
    if (s === undefined) return transforms.get().syncBody(applyEdits(this.#source, this.#awaits()), this.url);
    return applyEdits(s, editsOf(s, 'commonjs', () => u));
  }

  #awaits(): readonly Edit[] {
    return editsOf(this.#source, 'module', () => this.#facts?.t);
  }

  /** Assignments of the transformed body go to the record; star exports are defined on it by the transform as getters. */
  #exportsObject(): Record<string, unknown> {
    return new Proxy(this.#values, {
      // The transform asks its exports for names with the method of ordinary objects.
      get: (values, name) => (name === 'hasOwnProperty' ? (key: string) => Object.hasOwn(values, key) : values[String(name)]),
      set: (_values, name, value) => { this.setExport(String(name), value); return true; },
    });
  }

  #requested(specifier: string): ModuleRecord {
    const index = this.getModuleRequests().findIndex((request) => request.specifier === specifier);
    return this.#linked[index] as ModuleRecord;
  }

  /** Names with those of `export * from`, which the engine would find by itself. */
  #allExportNames(seen: Set<ModuleRecord>): string[] {
    if (seen.has(this)) return [];
    seen.add(this);
    const names = new Set(this.#exportNames);
    for (const entry of this.#lexed?.imports ?? []) {
      if (entry.kind !== 'star') continue;
      const record = this.#linked[entry.request];
      for (const name of record === undefined ? [] : record.#allExportNames(seen)) if (name !== 'default') names.add(name);
    }
    return [...names];
  }

  #graph(): ModuleRecord[] {
    const seen = new Set<ModuleRecord>();
    const visit = (record: ModuleRecord): void => {
      if (seen.has(record)) return;
      seen.add(record);
      record.#linked.forEach(visit);
    };
    visit(this);
    return [...seen];
  }

  /** Text and URL are fixed when a native import first needs them. */
  get servedUrl(): string {
    return this.#served ?? this.#serve()[0];
  }

  #serve(): [url: string, source: string] {
    const { publisher } = host;
    if (this.synthetic || this.#status === EVALUATED) {
      const names = this.synthetic ? this.#exportNames : Object.keys(this.getNamespace());
      this.#served = `data:text/javascript,${encodeURIComponent(facadeSource(this.serial, names))}`;
      return [this.#served, ''];
    }
    this.#served = servedUrl(publisher.origin, publisher.threadKey, this.serial, this.url);
    return [this.#served, ''];
  }

  /** What the service worker answers with; undefined for records that carry their text in the URL, and from the second time on. */
  servedSource(): string | undefined {
    if (this.#published) return undefined;
    this.#published = true;
    const url = this.servedUrl;
    if (url.startsWith('data:') || this.#lexed === undefined) return undefined;
    for (const { request, importStart, importEnd } of this.#lexed.imports) if (request >= 0) (this.#linked[request] as ModuleRecord).#boundBy(this.#source, importStart, importEnd);
    const edits = mergeEdits(this.#awaits(), moduleEdits(this.#source, this.#lexed, {
      importUrl: (index) => (this.#linked[index] as ModuleRecord).servedUrl,
      meta: `${GLOBAL}.meta(${this.serial})`,
      dynamicImport: `${GLOBAL}.import(${this.serial})`,
    }));
    const header = `${GLOBAL}.began(${this.serial});`;
    noteText(url, header.length, this.#source, edits);
    return `${header}${applyEdits(this.#source, edits)}\nimport * as ${GLOBAL}self from ${JSON.stringify(url)};${GLOBAL}.evaluated(${this.serial},${GLOBAL}self);`;
  }

  /** Called from the end of a natively evaluated text. */
  nativelyEvaluated(namespace: object): void {
    this.#namespace = namespace;
    this.#status = EVALUATED;
  }

  /** Called from a facade's text: runs the steps of a synthetic record, and keeps the facade's bindings live. */
  attach(setters: Record<string, (value: unknown) => void>): void {
    for (const [name, set] of Object.entries(setters)) this.#setters.set(name, set);
    if (this.synthetic) this.#runSteps();
    const namespace = this.getNamespace() as Record<string, unknown>;
    for (const [name, set] of Object.entries(setters)) if (!this.#lazy.has(name)) set(namespace[name]);
  }

  importMeta(): object {
    if (this.#meta === undefined) {
      this.#meta = Object.create(null) as object;
      host.metaCallback(this.#option, this.#meta, this);
    }
    return this.#meta;
  }

  importDynamically(specifier: string, options?: { with?: Record<string, string> }): Promise<unknown> {
    return dynamicImport(this.#option, specifier, options, this.url);
  }
}

/** @returns the addresses that are new to the service worker */
function publishGraph(graph: ModuleRecord[]): string[] {
  const texts: [string, string][] = [];
  for (const record of graph) {
    const source = record.servedSource();
    if (source !== undefined) texts.push([record.servedUrl, source]);
  }
  if (texts.length > 0) host.publisher.publish(texts);
  return texts.map(([url]) => url);
}

const nativeImport = new Function('url', 'return import(url)') as (url: string) => Promise<unknown>;

function dynamicImport(option: symbol, specifier: string, options: { with?: Record<string, string> } | undefined, referrer: string): Promise<unknown> {
  const attributes = Object.assign(Object.create(null), options?.with) as Record<string, string>;
  return host.importCallback(option, `${specifier}`, attributes, referrer);
}

export function create(ctx: BindingContext): Record<string, unknown> {
  const symbols = ctx.internalBinding('symbols') as Record<string, symbol>;
  host = {
    ctx,
    get publisher() { return ctx.hooks.modulePublisher as ModulePublisher; },
    records: new Map(),
    packedCode: new PackedCode(ctx),
    importCallback: () => Promise.reject(new Error('The module loader is not set up yet.')),
    metaCallback: () => {},
    defaultOption: symbols.source_text_module_default_hdo as symbol,
    scriptOption: symbols.vm_dynamic_import_default_internal as symbol,
  };
  const recordOf = (serial: number) => host.records.get(serial) as ModuleRecord;
  Object.defineProperty(globalThis, GLOBAL, {
    value: Object.freeze({
      began: evaluationBegan,
      meta: (serial: number) => recordOf(serial).importMeta(),
      import: (serial: number) => (specifier: string, options?: { with?: Record<string, string> }) => recordOf(serial).importDynamically(specifier, options),
      evaluated: (serial: number, namespace: object) => recordOf(serial).nativelyEvaluated(namespace),
      attach: (serial: number, setters: Record<string, (value: unknown) => void>) => { evaluationBegan(serial); recordOf(serial).attach(setters); },
    }),
  });
  /** For CommonJS and scripts: `import(…)` with the file as referrer. */
  ctx.hooks.importFromScript = (option: symbol | undefined, referrer: string) =>
    (specifier: string, options?: { with?: Record<string, string> }) => dynamicImport(option ?? host.scriptOption, specifier, options, referrer);

  return {
    ModuleWrap: ModuleRecord,
    kUninstantiated: UNINSTANTIATED, kInstantiating: INSTANTIATING, kInstantiated: INSTANTIATED, kEvaluating: EVALUATING, kEvaluated: EVALUATED, kErrored: ERRORED,
    setImportModuleDynamicallyCallback: (callback: DynamicImportCallback) => { host.importCallback = callback; },
    setInitializeImportMetaObjectCallback: (callback: MetaCallback) => { host.metaCallback = callback; },
    createRequiredModuleFacade: (record: ModuleRecord) => requiredFacade(record.getNamespace()),
    // The promise's state cannot be read; a rejected one is reported by its own evaluation.
    throwIfPromiseRejected() {},
  };
}
