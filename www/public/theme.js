// Applies the theme that was chosen on an earlier visit before anything is painted; modules would run after that.
try {
  const theme = localStorage.getItem('playground.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's theme it is.
}
