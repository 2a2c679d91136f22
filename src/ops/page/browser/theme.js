// Runs before the page is drawn, so that a chosen theme does not flash. What the switch does is in theme-switch.js.
{
  const root = document.documentElement;
  root.dataset['script'] = 'on';
  try {
    const chosen = localStorage.getItem('massive-kdb-theme');
    if (chosen === 'light' || chosen === 'dark') root.dataset['theme'] = chosen;
  } catch {
    // A browser that keeps nothing follows the system.
  }
}
