import type { ComponentChildren } from "preact";
import { Seal, type SealTone } from "./seal.tsx";
import type { IconName } from "./icon.tsx";

export interface NoticeProps {
  tone: SealTone;
  icon: IconName;
  title: string;
  text: string;
  progress?: number;
  children?: ComponentChildren;
  /** Small print at the end. */
  fine?: ComponentChildren;
}

/** A screen that says one thing: seal, heading, a sentence, and what can be done. */
export function Notice({ tone, icon, title, text, progress, children, fine }: NoticeProps) {
  return (
    <section class="notice">
      <Seal tone={tone} icon={icon} {...(progress === undefined ? {} : { progress })} />
      <h1 tabIndex={-1}>{title}</h1>
      <p class="notice-text">{text}</p>
      {children}
      {fine && <p class="fine">{fine}</p>}
    </section>
  );
}
