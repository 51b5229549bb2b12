import { keyAddress } from "../check/issuer-keys.ts";

interface MissingKeysProps {
  missing: { keys: "keys" | "bbs-keys"; issuer: string | null };
  canFetch: boolean;
  /** The issuer is the server that this page came from. */
  isOwn: boolean;
  problem: string;
  onGetKeys: () => void;
}

/** Says where the keys are said to be, and what it means to take them from there, before it offers to do so. */
export function MissingKeys({ missing, canFetch, isOwn, problem, onGetKeys }: MissingKeysProps) {
  const address = keyAddress(missing.issuer, missing.keys);
  if (missing.issuer === null || address === null) {
    return (
      <p class="advice">The proof does not say where its issuer’s keys are. Get them from the issuer and add them.</p>
    );
  }
  return (
    <div class="missing">
      <p>
        The proof says that it is by <strong class="issuer">{missing.issuer}</strong>. If you have this issuer’s keys,
        add their file. Otherwise:
      </p>
      <p class="warning">
        <strong>Read the address letter by letter.</strong> The proof itself names it. With keys from there, “valid”
        means that whoever runs that address made the proof. It does not mean that you should believe them.
      </p>
      {canFetch ? (
        <>
          <button type="button" class="button button-main" onClick={onGetKeys}>
            Get the keys from {address.host}
          </button>
          <p class="fine">
            Asks <code>{address.href}</code>
            {isOwn ? ", which is this server" : ""}. Nothing of the proof is sent; {address.host} sees that somebody
            asked.
          </p>
        </>
      ) : (
        <p>
          Save{" "}
          <a href={address.href} target="_blank" rel="noreferrer noopener">
            {address.href}
          </a>{" "}
          as a file and add it here.
        </p>
      )}
      {problem === "" ? null : <p class="problem">{problem}</p>}
    </div>
  );
}
