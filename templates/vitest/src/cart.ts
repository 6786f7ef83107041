export interface Item {
  name: string;
  /** In cents. */
  price: number;
  quantity: number;
}

/** Sum of the items in cents; quantities below 1 are an error. */
export function total(items: readonly Item[]): number {
  return items.reduce((sum, { name, price, quantity }) => {
    if (quantity < 1) throw new RangeError(`Quantity of ${name} must be at least 1`);
    return sum + price * quantity;
  }, 0);
}
