// What can be said of numbers before anybody is asked. Nothing here touches the page.

/** Brand → how its numbers begin, how long they are, and where people put spaces. */
const BRANDS = [
  { name: 'amex', begins: /^3[47]/, lengths: [15], gaps: [4, 10], code: 4 },
  { name: 'diners', begins: /^3(0[0-5]|[689])/, lengths: [14, 16, 19], gaps: [4, 10], code: 3 },
  { name: 'jcb', begins: /^35(2[89]|[3-8])/, lengths: [16, 17, 18, 19], gaps: [4, 8, 12], code: 3 },
  { name: 'discover', begins: /^6(011|4[4-9]|5)/, lengths: [16, 17, 18, 19], gaps: [4, 8, 12], code: 3 },
  { name: 'unionpay', begins: /^(62|81)/, lengths: [16, 17, 18, 19], gaps: [4, 8, 12], code: 3 },
  { name: 'mastercard', begins: /^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/, lengths: [16], gaps: [4, 8, 12], code: 3 },
  { name: 'visa', begins: /^4/, lengths: [13, 16, 19], gaps: [4, 8, 12], code: 3 },
];
const UNKNOWN = { name: 'unknown', begins: /^/, lengths: [12, 13, 14, 15, 16, 17, 18, 19], gaps: [4, 8, 12], code: 3 };

/** Keep the digits of what was typed. @param {string} text @param {number} most */
export const digitsOf = (text, most) => text.replace(/\D/g, '').slice(0, most);

/** Return what is known of the brand of a number. @param {string} digits */
export function brandOf(digits) {
  return BRANDS.find((brand) => brand.begins.test(digits)) ?? UNKNOWN;
}

/** Put spaces where people read them. @param {string} text */
export function spacedNumber(text) {
  const digits = digitsOf(text, 19);
  const { gaps, lengths } = brandOf(digits);
  const shown = digits.slice(0, lengths.at(-1));
  return [...shown].map((digit, place) => (gaps.includes(place) ? ` ${digit}` : digit)).join('');
}

/** Check a card's number: `''` if it is good, `incomplete_number` or `invalid_number`. @param {string} text */
export function checkNumber(text) {
  const digits = digitsOf(text, 19);
  const { lengths } = brandOf(digits);
  const isLong = digits.length >= Math.min(16, lengths.at(-1));
  if (!lengths.includes(digits.length)) return isLong ? 'invalid_number' : 'incomplete_number';
  const total = [...digits].reverse().reduce((sum, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
  if (total % 10 === 0) return '';
  return isLong ? 'invalid_number' : 'incomplete_number';
}

/** Write `MM / YY` as it is typed. @param {string} text @param {boolean} isDeleting */
export function spacedExpiry(text, isDeleting) {
  let digits = digitsOf(text, 6);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`;
  if (digits.length < 2 || (digits.length === 2 && isDeleting)) return digits;
  // Browsers fill in years of four digits.
  const year = digits.length === 6 && digits.slice(2, 4) === '20' ? digits.slice(4) : digits.slice(2, 4);
  return `${digits.slice(0, 2)} / ${year}`;
}

/** Return month and year of what was typed; NaN where there is none. @param {string} text */
export function expiryOf(text) {
  const digits = digitsOf(text, 4);
  return { month: parseInt(digits.slice(0, 2), 10), year: 2000 + parseInt(digits.slice(2, 4), 10) };
}

/** Check an expiry: `''` if it is good, or the code of what is wrong. @param {string} text @param {Date} today */
export function checkExpiry(text, today) {
  const { month, year } = expiryOf(text);
  if (month > 12 || month === 0) return 'invalid_expiry_month';
  if (digitsOf(text, 4).length < 4) return 'incomplete_expiry';
  const months = (year - today.getFullYear()) * 12 + month - (today.getMonth() + 1);
  if (months < 0) return year < today.getFullYear() ? 'invalid_expiry_year_past' : 'invalid_expiry_month_past';
  return months > 50 * 12 ? 'invalid_expiry_year' : '';
}

/** Check a security code. @param {string} text @param {string} brand */
export function checkCode(text, brand) {
  const wanted = [...BRANDS, UNKNOWN].find((one) => one.name === brand)?.code ?? 3;
  const { length } = digitsOf(text, 4);
  return length === wanted || (brand === 'unknown' && length === 4) ? '' : 'incomplete_cvc';
}

/** Put spaces into an IBAN. @param {string} text */
export function spacedIban(text) {
  const letters = text.toUpperCase().replace(/[^A-Z0-9]/g, '').slice(0, 34);
  return letters.replace(/(.{4})(?=.)/g, '$1 ');
}

/** Check an IBAN by its own check digits: `''`, `incomplete_iban` or `invalid_iban`. @param {string} text */
export function checkIban(text) {
  const iban = text.replace(/ /g, '');
  if (iban.length < 15) return 'incomplete_iban';
  if (!/^[A-Z]{2}\d{2}/.test(iban)) return 'invalid_iban';
  const turned = iban.slice(4) + iban.slice(0, 4);
  let rest = 0;
  for (const letter of turned) {
    for (const digit of String(parseInt(letter, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1 ? '' : 'invalid_iban';
}
