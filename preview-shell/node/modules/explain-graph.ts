import type { ModuleRequest } from '../../../shared/module-code/lex.ts';
import type { BindingContext } from '../context.ts';
import { explainMissingExport, explainSyntaxError, syntaxErrorOf, type Source } from './syntax-errors.ts';

interface EvaluatedModule {
  /** Natively, at this moment. */
  readonly isEvaluatingText: boolean;
  readonly linked: readonly { readonly servedUrl: string }[];
  text(): Source;
  getModuleRequests(): readonly ModuleRequest[];
}

/** The engine says what is wrong with a graph, not where. */
export function explainGraph(ctx: BindingContext, error: unknown, graph: readonly EvaluatedModule[]): void {
  if (!(error instanceof SyntaxError)) return;
  const [, url, name] = /^The requested module '([^']*)' does not provide an export named '([^']*)'/.exec(error.message) ?? [];
  if (url !== undefined && name !== undefined) return explainExport(ctx, error, graph, url, name);
  const broken = graph.find((module) => module.isEvaluatingText && syntaxErrorOf(ctx, module.text()) !== undefined);
  if (broken !== undefined) explainSyntaxError(ctx, error, broken.text(), false);
}

function explainExport(ctx: BindingContext, error: SyntaxError, graph: readonly EvaluatedModule[], url: string, name: string): void {
  for (const module of graph) {
    const index = module.linked.findIndex((linked) => linked.servedUrl === url);
    const specifier = module.getModuleRequests()[index]?.specifier;
    if (specifier === undefined || !explainMissingExport(ctx, error, module.text(), specifier, name)) continue;
    error.message = error.message.replace(url, () => specifier);
    Object.defineProperty(error, 'stack', { value: `SyntaxError: ${error.message}`, writable: true, configurable: true });
    return;
  }
}
