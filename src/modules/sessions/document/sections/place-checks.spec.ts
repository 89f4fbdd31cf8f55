import { fixtureInput } from '../document.fixture.js';
import type { DocumentInput } from '../document.types.js';
import { writeDocument } from '../write-document.js';

/** The ticket marketplace with payments run by providers, and a brief that may keep its data at one place. */
function rentedInput(place?: { readonly words: string; readonly own: boolean }): DocumentInput {
  const input = fixtureInput();
  const residency = { rule: 'RESIDENCY-1', words: 'must stay', opens: [], meaning: '' };
  return {
    ...input,
    read: {
      ...input.read,
      constraints: { ...input.read.constraints, ...(place && { place }) },
      needs: input.read.needs.map((need, index) =>
        index === 0 && place ? { ...need, triggers: [...need.triggers, residency] } : need,
      ),
    },
    research: input.research.map((result) => ({
      ...result,
      options: result.options.map((option) =>
        result.category === 'payments' ? { ...option, candidate: { ...option.candidate, rented: true } } : option,
      ),
    })),
  };
}
const checkOf = (input: DocumentInput) => {
  const body = writeDocument(input);
  return { body, check: body.crossChecks.find(({ check }) => check === 'place of the data') };
};

describe('the place of the data', () => {
  it('names every gap with a rented option, also one whose own words say nothing of places, and opens the findings', () => {
    const { body, check } = checkOf(rentedInput({ words: 'our data centre', own: true }));
    const payments = body.gaps.find(({ category }) => category === 'payments')?.id;
    expect(check?.rests).toEqual(['N1', payments]);
    expect(check?.result).toContain('a provider outside runs');
    expect(check?.action).toContain('H5');
    expect(body.findings.some(({ rests }) => rests[0] === check?.id)).toBe(true);
    expect(body.hardConstraints.map(({ id }) => id)).toContain('H5');
  });

  it('asks for proof where the place is a region', () => {
    const { check } = checkOf(rentedInput({ words: 'the EU', own: false }));
    expect(check?.result).toContain('only a contract says where');
  });

  it('is no row when nothing is rented', () => {
    expect(checkOf(fixtureInput()).check).toBeUndefined();
  });
});
