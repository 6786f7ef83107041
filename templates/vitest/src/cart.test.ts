import { describe, expect, test } from 'vitest';
import { total } from './cart.ts';

describe('total', () => {
  test('is 0 for an empty cart', () => {
    expect(total([])).toBe(0);
  });

  test('multiplies prices by quantities', () => {
    expect(total([{ name: 'Fern', price: 1250, quantity: 2 }, { name: 'Moss', price: 300, quantity: 1 }])).toBe(2800);
  });

  test('refuses a quantity below 1', () => {
    expect(() => total([{ name: 'Fern', price: 1250, quantity: 0 }])).toThrow(RangeError);
  });
});
