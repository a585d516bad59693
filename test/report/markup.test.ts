import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html, trusted, xml } from "../../report/markup.ts";
import { expectWellFormed } from "./well-formed.ts";

describe("html", () => {
  it("escapes text and attributes alike", () => {
    const evil = `"><script>alert('x')</script>&amp;`;
    expect(html`<b title="${evil}">${evil}</b>`.toString()).toBe(
      '<b title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;</b>',
    );
  });

  it("takes its own markup as it is, nested and in lists", () => {
    const items = ["a", "<b>"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${trusted("<hr>")}`.toString()).toBe("<ul><li>a</li><li>&lt;b&gt;</li></ul><hr>");
  });

  it("gives nothing for what is absent, and zero for zero", () => {
    expect(html`[${undefined}${false}${[]}${0}]`.toString()).toBe("[0]");
  });

  it("does not take an object that looks like markup for markup", () => {
    const forged = { text: "<script>" } as unknown as string;
    expect(html`${forged}`.toString()).not.toContain("<script>");
  });

  it("is well-formed XML, whatever is put in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expectWellFormed(xml`<a b="${text}"><c>${text}</c></a>`.toString());
      }),
    );
  });
});
