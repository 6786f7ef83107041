/** A small coloured mark by kind of file, drawn with the letters people know the kind by. */
const KINDS: [pattern: RegExp, mark: string, colour: string][] = [
  [/\.tsx$/, 'TX', '#2f9bd1'], [/\.jsx$/, 'JX', '#c79a1b'], [/\.[cm]?ts$/, 'TS', '#3178c6'], [/\.[cm]?js$/, 'JS', '#b58900'],
  [/\.vue$/, 'V', '#35a374'], [/\.svelte$/, 'S', '#e8501f'], [/\.html?$/, '<>', '#d9582b'], [/\.(?:css|scss|less)$/, '#', '#7a5cc9'],
  [/package(?:-lock)?\.json$/, 'N', '#c23a3a'], [/\.json$/, '{}', '#a07d1c'], [/\.md$/, 'M', '#5d7f9c'], [/\.svg$/, '◇', '#c77a2e'],
  [/\.(?:png|jpe?g|gif|webp|ico|avif)$/, '▣', '#8d63b5'], [/^\.git|ignore$/, '⑂', '#a8552f'], [/\.(?:ya?ml|toml)$/, '≡', '#8b5a8f'], [/\.(?:sh|bash)$/, '$', '#4f8a4f'],
];

export function FileIcon({ name }: { name: string }) {
  const [, mark, colour] = KINDS.find(([pattern]) => pattern.test(name)) ?? [undefined, '·', 'var(--text-3)'];
  return (
    <span className="file-icon" style={{ color: colour }} aria-hidden="true">
      {mark}
    </span>
  );
}
