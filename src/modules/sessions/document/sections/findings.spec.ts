import { fixtureInput } from '../document.fixture.js';
import { writeDocument } from '../write-document.js';

describe('findings', () => {
  it('begin with the constraint that leaves no option, and with what would restore one', () => {
    const input = fixtureInput();
    const [first] = input.research;
    const { category } = first!;
    const removed = first!.options.map((option) => ({
      ...option,
      constraints: [{ id: 'H1' as const, state: 'fail' as const, shown: 'MIT', citations: [] }],
    }));
    const body = writeDocument({
      ...input,
      research: [{ ...first!, options: removed }, ...input.research.slice(1)],
      comparisons: input.comparisons.map((comparison) =>
        comparison.category === category
          ? { ...comparison, verdict: 'none', options: [], leader: undefined, wouldChange: [] }
          : comparison,
      ),
      decisions: input.decisions.filter((decision) => decision.category !== category),
    });
    expect(body.findings[0]?.text).toMatch(
      new RegExp(`remove every option for ${category}: allowing MIT would admit `),
    );
    expect(body.findings[0]?.severity).toBe('blocks');
  });

  it('say nothing of the kind while each gap has an option', () => {
    expect(
      writeDocument(fixtureInput())
        .findings.map(({ text }) => text)
        .join('\n'),
    ).not.toMatch(/remove every option/);
  });
});
