/** The keys of a list of tabs, as the WAI-ARIA practices have them: arrows go round, and what is reached is chosen. */
export function tabKeys(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement;
  const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
  const at = tabs.indexOf(event.target as HTMLElement);
  const last = tabs.length - 1;
  const to = {
    ArrowRight: at === last ? 0 : at + 1,
    ArrowLeft: at === 0 ? last : at - 1,
    Home: 0,
    End: last,
  }[event.key];
  const next = to === undefined || at < 0 ? undefined : tabs[to];
  if (!next) return;
  event.preventDefault();
  next.click();
  next.focus();
}
