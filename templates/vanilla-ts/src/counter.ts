export function setupCounter(element: HTMLButtonElement): void {
  let count = 0;
  const show = () => {
    element.textContent = `Count is ${count}`;
  };
  element.addEventListener('click', () => {
    count++;
    show();
  });
  show();
}
