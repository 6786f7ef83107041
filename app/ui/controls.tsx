import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { colourOf } from '../document/presence.ts';
import { BEAT_MS, useBeat } from './beat.ts';

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { kind?: 'primary' | 'danger' | 'plain'; small?: boolean };

export function Button({ kind = 'plain', small = false, className = '', type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={`button ${kind} ${small ? 'small' : ''} ${className}`} {...rest} />;
}

type IconButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'title'> & { label: string; keys?: string; small?: boolean; children: ReactNode };

/** A button that shows only a picture; `label` is its name for everybody else, `keys` its shortcut. */
export function IconButton({ label, keys, small = false, className = '', ...rest }: IconButtonProps) {
  const title = keys === undefined ? label : `${label} (${keys})`;
  return <button type="button" className={`icon-button ${small ? 'small' : ''} ${className}`} aria-label={label} title={title} {...rest} />;
}

export function Spinner({ label = 'Working' }: { label?: string }) {
  return <span className="spinner" role="status" aria-label={label} style={useTurn()} />;
}

export function Avatar({ name, colour, title }: { name: string; colour: number; title?: string }) {
  return (
    <span className="avatar" style={{ background: colourOf(colour) }} title={title ?? name} aria-label={title ?? name} role="img">
      {name.slice(0, 2)}
    </span>
  );
}

/** An error's sentence and its code, as they are shown everywhere. */
export function ErrorText({ error }: { error: { code?: string | undefined; message: string } }) {
  return (
    <>
      <span className="error-message">{error.message}</span> {error.code !== undefined && <code className="code">{error.code}</code>}
    </>
  );
}

/** A quarter of a turn with each beat, for people who want to see things move. */
export function useTurn(): { rotate: string } | undefined {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const beats = Math.round(useBeat(!still) / BEAT_MS);
  return still ? undefined : { rotate: `${(beats % 4) * 90}deg` };
}
