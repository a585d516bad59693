import type { Case } from "./cases.ts";
import type { Document } from "./document.ts";
import { type Markup, xml } from "./markup.ts";

/** `junit.xml`: one test case for each expectation, and one each for what every game day has to show. */
export function junit({ cases, seconds, ...document }: Document): string {
  const count = (kind: "failure" | "error" | "skipped") => cases.filter((one) => one[kind] !== undefined).length;
  const text = xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="gameday">
  <testsuite name="${`gameday.${document.drill}`}" id="${document.id}" timestamp="${document.startedAt}" time="${seconds}" tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}">
    <properties>
      <property name="verdict" value="${document.verdict}"/>
      <property name="target" value="${document.target}"/>
      <property name="profile" value="${document.profile}"/>
    </properties>${cases.map((one) => testCase(document.drill, one))}
    <system-out>${document.sentence}</system-out>
  </testsuite>
</testsuites>
`;
  return text.toString();
}

function testCase(drill: string, one: Case): Markup {
  const opening = xml`
    <testcase classname="${`gameday.${drill}.${one.suite.replaceAll(" ", "-")}`}" name="${one.name}" time="${one.seconds ?? 0}"`;
  const said = one.failure ?? one.error;
  if (said !== undefined) {
    const [message] = said.split("\n");
    const body =
      one.error === undefined
        ? xml`<failure message="${message}">${said}</failure>`
        : xml`<error message="${message}">${said}</error>`;
    return xml`${opening}>${body}</testcase>`;
  }
  return one.skipped === undefined ? xml`${opening}/>` : xml`${opening}><skipped message="${one.skipped}"/></testcase>`;
}
