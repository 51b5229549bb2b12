import { useState } from "preact/hooks";
import type { AuthRequest } from "@attestream/shared/viewer-protocol";
import { useFrame } from "./frame-context.ts";
import { Icon } from "./icon.tsx";
import { Modal } from "./modal.tsx";

const longest = 500;

/** A server asks for a user name and a password before it shows its page. What is written goes over the stream only. */
export function AuthBox({ request, connected }: { request: AuthRequest; connected: boolean }) {
  const { messages, send } = useFrame();
  const words = messages.live;
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [answered, setAnswered] = useState<AuthRequest | null>(null);
  const busy = !connected || answered === request;
  const answer = (credentials: { username: string; password: string } | null) => {
    if (busy) return;
    setAnswered(request);
    send({ type: "authReply", id: request.id, credentials });
  };
  // This browser must not offer to keep them: to it they would be ours.
  const unkept = { autoComplete: "off", "data-1p-ignore": true, "data-lpignore": "true", maxLength: longest };
  return (
    <Modal title="auth-title" text="auth-text" onEscape={() => answer(null)}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          answer({ username, password });
        }}
      >
        <h2 id="auth-title" class="dialog-host">
          {words.authTitle(request.host)}
        </h2>
        <p id="auth-text" class="dialog-host">
          {request.realm && `${words.authRealm(request.realm)} `}
          {words.authText}
        </p>
        {!request.secure && (
          <p class="dialog-warning">
            <Icon name="unlock" />
            <span>{words.authInsecure}</span>
          </p>
        )}
        {request.again && (
          <p class="form-error" role="alert">
            {words.authAgain}
          </p>
        )}
        <label class="dialog-label" for="auth-name">
          {words.authName}
        </label>
        <input
          {...unkept}
          id="auth-name"
          class="dialog-field"
          value={username}
          autoCapitalize="off"
          spellcheck={false}
          autoFocus
          onInput={(event) => setUsername(event.currentTarget.value)}
        />
        <label class="dialog-label" for="auth-password">
          {words.authPassword}
        </label>
        <input
          {...unkept}
          id="auth-password"
          class="dialog-field"
          type="password"
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        <div class="dialog-actions">
          <button type="button" class="button button-quiet" disabled={busy} onClick={() => answer(null)}>
            {words.dialogCancel}
          </button>
          <button type="submit" class="button button-main" disabled={busy}>
            {words.authSend}
          </button>
        </div>
      </form>
    </Modal>
  );
}
