/** What a link brings beside the reader's work: the results of the prompt and of the pinned one. */
import { promptOf } from '../app/prompt.ts';
import type { Draft } from '../app/state.ts';
import type { OpenedLink } from '../share/link.ts';
import { Unreadable } from '../share/packed/unreadable.ts';
import { isAbout, type Sent } from '../share/sent.ts';
import type { Lab } from './lab.ts';
import { hasItsLabels } from './sender.ts';

/**
 * Takes up the results of a link, and answers what is wrong with them, if anything is. A result of another prompt than the
 * one that it came with is dropped; only a changed preset explains that.
 */
export function bring(lab: Lab, opened: OpenedLink): Unreadable | null {
  const { draft, settings, result, pinned, pinnedResult, unreadable, drifted } = opened;
  const { first, sentAgreement, chat } = lab;
  // A conversation has its form from the model of the sender, which may not be here yet. Both have the present labels.
  const isOf = (sent: Sent, of: Draft) =>
    (of.chat || isAbout(sent, promptOf(of, chat).text)) && hasItsLabels(sent, draft);
  const isWrong = result !== null && !isOf(result, draft);
  const isOther = pinned !== null && pinnedResult !== null && !isOf(pinnedResult, pinned);
  sentAgreement.reset();
  first.sender.putAway();
  if (result && !isWrong) first.sender.bring(result, { draft, settings });
  if (pinned && pinnedResult && !isOther)
    first.sender.bring(pinnedResult, { draft: pinned, settings });
  if (unreadable || drifted) return unreadable;
  if (isWrong) return new Unreadable('wrong', 'result.prompt');
  return isOther ? new Unreadable('wrong', 'pinned.result.prompt') : null;
}
