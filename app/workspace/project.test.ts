import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { FileEdits } from '../document/files.ts';
import { readPlan } from './project.ts';

function plan(files: Record<string, string>) {
  const doc = new Y.Doc();
  const edits = new FileEdits(doc);
  for (const [path, content] of Object.entries(files)) edits.create(path, content);
  return readPlan(doc);
}

test('package.json alone decides by its scripts and dependencies', () => {
  expect(plan({ 'package.json': '{"scripts":{"dev":"vite","start":"x"},"devDependencies":{"vite":"8"}}' })).toMatchObject({ install: 'npm install', start: 'npm run dev' });
  expect(plan({ 'package.json': '{"scripts":{"start":"node ."}}' })).toMatchObject({ install: undefined, start: 'npm start' });
  expect(plan({})).toEqual({ install: undefined, start: undefined, port: undefined, open: [] });
});

test('terrarium.json comes first, and null means none', () => {
  const files = { 'package.json': '{"scripts":{"dev":"vite"},"dependencies":{"a":"1"}}' };
  expect(plan({ ...files, 'terrarium.json': '{"start":"node server.js","install":null,"port":3000,"open":["a.ts"]}' })).toEqual({ install: undefined, start: 'node server.js', port: 3000, open: ['a.ts'] });
});

test('a broken file is named', () => {
  expect(() => plan({ 'package.json': '{"scripts":' })).toThrow('package.json cannot be read');
  expect(() => plan({ 'terrarium.json': '{"port":"x"}' })).toThrow('terrarium.json cannot be read: port');
});
