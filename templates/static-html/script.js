const button = document.getElementById('counter');
let count = 0;

button.addEventListener('click', () => {
  count++;
  button.textContent = `Count is ${count}`;
});
