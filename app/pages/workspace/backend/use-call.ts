import { useCallback, useEffect, useState } from 'react';
import { describeError, isAbort } from '../../../state/describe-error.ts';
import type { Described } from '../../../state/describe-error.ts';

export interface Called<T> {
  /** The last that came; undefined until then. */
  value: T | undefined;
  error: Described | undefined;
  reload: () => void;
}

/** What a call answers, asked again when `call` is another one or somebody wants it. `call` must be stable between renders. */
export function useCall<T>(call: (signal: AbortSignal) => Promise<T>): Called<T> {
  const [nonce, setNonce] = useState(0);
  const [state, setState] = useState<{ value: T | undefined; error: Described | undefined }>({ value: undefined, error: undefined });
  useEffect(() => {
    const abort = new AbortController();
    call(abort.signal).then(
      (value) => !abort.signal.aborted && setState({ value, error: undefined }),
      (error: unknown) => !isAbort(error) && !abort.signal.aborted && setState((before) => ({ ...before, error: describeError(error) })),
    );
    return () => abort.abort();
  }, [call, nonce]);
  return { ...state, reload: useCallback(() => setNonce((before) => before + 1), []) };
}
