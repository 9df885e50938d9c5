// Leads the screen at the door on by itself: from a number to the next resident, and from a closed queue to its opening.

const main = document.querySelector("[data-next]");
setTimeout(() => location.assign(main.dataset.next), Number(main.dataset.after) * 1000);
