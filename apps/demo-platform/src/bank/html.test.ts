import { describe, expect, it } from "vitest";
import { html } from "./html.ts";

describe("html", () => {
  it("escapes text, in content and in attributes", () => {
    const typed = `"><script>alert('&')</script>`;
    expect(html`<a title="${typed}">${typed}</a>`.markup).toBe(
      `<a title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</a>`,
    );
  });

  it("keeps markup, joins lists, and leaves nothing for nothing", () => {
    const items = [1, 2].map((item) => html`<li>${item}</li>`);
    expect(html`<b>${items}${null}${undefined}${false}</b>`.markup).toBe("<b><li>1</li><li>2</li></b>");
  });
});
