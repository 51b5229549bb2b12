import { useFrame } from "./frame-context.ts";

export function Footer() {
  const { messages } = useFrame();
  return (
    <footer class="foot">
      <span class="foot-brand">
        <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
          <circle cx="12" cy="12" r="9.5" />
          <path d="M3 13.500c3-4.500 6-4.500 9 0s6 4.500 9 0M3.600 9.500c3-3.500 5.700-3.500 8.400 0s5.600 3.500 8.400 0" />
        </svg>
        {messages.brandLine}
      </span>
      <span class="foot-privacy">{messages.privacyLine}</span>
    </footer>
  );
}
