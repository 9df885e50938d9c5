// The wall display in a browser of an old television, which knows no modules: the whole page is loaded again.
setTimeout(() => location.reload(), 8000);
