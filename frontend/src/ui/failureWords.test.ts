import { beforeEach, expect, it } from "vitest";
import { setLanguage, setUpWords } from "@/i18n/i18n";
import { failureWords } from "./failureWords";

beforeEach(async () => {
  localStorage.clear();
  await setUpWords();
});

it("names a rule in words, in whichever language is spoken", async () => {
  const told = { code: "prompt_policy", params: { rule: "likeness" } };
  expect(failureWords(told)).toBe("The prompt asks for something not allowed here: the likeness of a real person.");
  await setLanguage("zh-CN");
  expect(failureWords(told)).toBe("提示词涉及不允许的内容：真人肖像。");
});

it("says a studio's own rule by the name that its keeper gave it", () => {
  expect(failureWords({ code: "prompt_policy", params: { rule: "no_logos-please" } })).toContain("the studio's rule “no logos please”");
  expect(failureWords({ code: "prompt_policy", params: { rule: "Self harm" } })).toContain("self-harm");
});

it("tells an unknown code as a failure of ours, with its number", () => {
  expect(failureWords({ code: "from_the_future", support_id: "7f3a" })).toBe("Something failed on our side (id 7F3A).");
});
