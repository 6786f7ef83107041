import { describe, expect, test } from 'vitest';
import { parseConfig } from './load.ts';

const problem = (text: string) => {
  try {
    parseConfig(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

describe('terrarium.config.yaml', () => {
  test('an empty file is the defaults', () => {
    for (const text of ['', '# nothing\n', '{}']) {
      const { config, warnings } = parseConfig(text);
      expect(config.backend).toEqual({ max_instances: 10, instance_timeout: 1_800_000, memory_mb: 512, cpu_shares: 256, disk_mb: 1024 });
      expect(config.security.sandbox_attributes).toBe('allow-scripts allow-same-origin allow-forms');
      expect(config.isolation.provider).toBe('webcontainer');
      expect(warnings).toEqual([]);
    }
  });
  test.each([
    ['preview:\n  default_port: 3000\n  allowed_origins: nope\n', 'line 3, key preview.allowed_origins'],
    ['frontend:\n  sync_delay_ms: -1\n', 'line 2, key frontend.sync_delay_ms'],
    ['backend:\n  memory_mb: 512\n  memroy_mb: 1\n', 'line 3, key backend.memroy_mb: is no key'],
    ['isolation:\n\n  provider: docker\n', 'line 3, key isolation.provider'],
    ['security:\n  sandbox_attributes: allow-scripts allow-top-navigation\n', 'line 2, key security.sandbox_attributes'],
    ['preview:\n  allowed_origins:\n    - https://ok.example\n    - https://bad.example/path\n', 'line 4, key preview.allowed_origins.1'],
    ['backend: {\n', 'line 2'],
    ['a: 1\na: 2\n', 'line 2'],
  ])('%j is refused at its line', (text, words) => {
    expect(problem(text)).toContain(words);
  });
  test('durations', () => {
    expect(parseConfig('backend:\n  instance_timeout: 2h\n').config.backend.instance_timeout).toBe(7_200_000);
  });
  test('what has no effect is said', () => {
    const { warnings } = parseConfig('backend:\n  cpu_shares: 4\nsecurity:\n  sandbox_attributes: allow-scripts\n', { REDIS_URL: 'redis://x', PORT: '1' });
    expect(warnings).toEqual(['terrarium.config.yaml: backend.cpu_shares has no effect in this version.', 'Environment variable REDIS_URL has no effect in this version.']);
  });
});
