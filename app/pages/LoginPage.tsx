import { useEffect, useState } from 'react';
import type { FormEvent } from 'react';
import { TerrariumError } from '../../shared/errors/error.ts';
import { signIn } from '../api/environments.ts';
import { describeError } from '../state/describe-error.ts';
import type { Described } from '../state/describe-error.ts';
import { navigate } from '../state/router.ts';
import { Button, ErrorText } from '../ui/controls.tsx';
import { Logo } from '../ui/Logo.tsx';

/** Signs in with a token: the owner's, or one from an invitation. */
export function LoginPage({ returnTo }: { returnTo: string }) {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Described | undefined>(() => (location.search.includes('refused') ? describeError(TerrariumError.of('E-TERRARIUM-1401')) : undefined));
  useEffect(() => void (document.title = 'Sign in · Terrarium'), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await signIn(token.trim());
      navigate(returnTo);
    } catch (failure) {
      setError(describeError(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="centre-page">
      <form className="login-card" onSubmit={(event) => void submit(event)}>
        <Logo size={40} />
        <h1>Sign in to Terrarium</h1>
        <p>Open the link that the server printed when it started, or paste its token here.</p>
        <div className="field">
          <label htmlFor="token">Token</label>
          <input id="token" className="input" type="password" autoComplete="current-password" required value={token} aria-invalid={error !== undefined} aria-describedby="token-error" onChange={(event) => setToken(event.target.value)} />
          <div id="token-error" className="field-error" role="alert">
            {error !== undefined && <ErrorText error={error} />}
          </div>
        </div>
        <Button kind="primary" type="submit" disabled={busy || token.trim() === ''}>
          {busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}
