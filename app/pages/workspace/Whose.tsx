/** Whose preview said something: a name beside it, and a choice of whom to show. */
import { useState } from 'react';
import { colourOf } from '../../document/presence.ts';
import { originKey } from '../../preview/origin.ts';
import type { Origin } from '../../preview/origin.ts';

interface Said {
  from?: Origin;
}

const EVERYONE = 'everyone';
const OWN = 'own';

/** The entries of those who are chosen, and the control that chooses; none while nobody else has said anything. */
export function useWhose<E extends Said>(entries: readonly E[]): { shown: readonly E[]; control: React.ReactNode } {
  const [chosen, setChosen] = useState(EVERYONE);
  const others = new Map(entries.flatMap(({ from }) => (from === undefined ? [] : [[from.source, from.name] as const])));
  const whose = chosen === EVERYONE || chosen === OWN || others.has(chosen) ? chosen : EVERYONE;
  const shown = whose === EVERYONE ? entries : entries.filter(({ from }) => (whose === OWN ? from === undefined : originKey(from) === whose));
  const control = others.size === 0 ? null : (
    <select className="whose" aria-label="Whose preview" value={whose} onChange={(event) => setChosen(event.target.value)}>
      <option value={EVERYONE}>Everyone</option>
      <option value={OWN}>My preview</option>
      {[...others].map(([source, name]) => (
        <option key={source} value={source}>
          {name}
        </option>
      ))}
    </select>
  );
  return { shown, control };
}

export function FromChip({ from }: { from: Origin | undefined }) {
  if (from === undefined) return null;
  return (
    <span className="from-chip" style={{ background: colourOf(hashOf(from.source)) }} title={`From the preview of ${from.name}`}>
      {from.name}
    </span>
  );
}

/** One colour for each page, whatever its member is called. */
const hashOf = (text: string): number => [...text].reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) % 9973, 7);
