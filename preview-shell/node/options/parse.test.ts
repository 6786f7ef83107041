import { expect, test } from 'vitest';
import { OptionError, parseOptions } from './parse.ts';

test('aliases, values, lists, negations and what others imply', () => {
  const options = parseOptions(['-r', 'a', '--require=b', '--no-warnings', '-pe', '1', '--test_timeout=5', '--watch-preserve-output', '-C', 'dev'], {});
  expect([options.get('--require'), options.get('--warnings'), options.get('--print'), options.get('--eval'), options.get('--test-timeout'), options.get('--conditions')])
    .toEqual([['a', 'b'], false, true, '1', 5, ['dev']]);
  expect(parseOptions(['-p', '2'], {}).get('--eval')).toBe('2');
  expect(parseOptions(['--test', '--watch-path=src'], {}).get('--watch')).toBe(true);
  expect(parseOptions(['--report-signal', 'SIGINT'], {}).get('--report-on-signal')).toBe(true);
});

test('NODE_OPTIONS is read first, and takes what Node allows there', () => {
  const options = parseOptions(['--require', 'second'], { NODE_OPTIONS: '--require "a file.js" --max-old-space-size=4096' });
  expect(options.get('--require')).toEqual(['a file.js', 'second']);
  expect(() => parseOptions([], { NODE_OPTIONS: '-e 1' })).toThrow('-e is not allowed in NODE_OPTIONS');
});

test.each([['--nope', 'bad option: --nope'], ['-e', '-e requires an argument'], ['--no-require', 'invalid negation'], ['--check=1', 'does not take an argument'], ['--permission', 'not supported'], ['--inspect', 'not supported']])('refuses %s', (argument, message) => {
  expect(() => parseOptions([argument], {})).toThrow(OptionError);
  expect(() => parseOptions([argument], {})).toThrow(message);
});
