import { chinesePage } from '../share/link.ts';
import { type Language, languages, pickLanguage, speak } from '../strings/index.ts';

const key = 'shotglass.language';

/** What the address says, else the language of the file, else what was chosen on an earlier visit, else what the browser prefers. */
export function chosenLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  const written = location.pathname.endsWith(`/${chinesePage}`) ? 'zh-Hans' : null;
  const wanted = [asked, written, remembered(), ...navigator.languages];
  return pickLanguage(wanted.filter((tag) => tag !== null));
}

/** Changes the language now, in the address, which a reload and a shared link go by, and for the next visits. */
export async function chooseLanguage(to: string): Promise<void> {
  if (!(to in languages)) return;
  await speak(to as Language);
  const url = new URL(location.href);
  url.searchParams.set('lang', to);
  history.replaceState(history.state, '', url);
  try {
    localStorage.setItem(key, to);
  } catch {
    // Where nothing may be stored, the choice holds for this visit.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
