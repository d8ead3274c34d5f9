// What payers read. The messages are kept by the codes that programs read.

const ENGLISH = {
  number: 'Card number', expiry: 'Expiration date', cvc: 'Security code', postal: 'Postal code',
  iban: 'IBAN', name: 'Full name', email: 'Email', phone: 'Phone number', country: 'Country or region',
  line1: 'Address line 1', line2: 'Address line 2', city: 'City', state: 'State or province',
  account_number: 'Account number', routing_number: 'Routing number', tax_id: 'Tax number',
  account_holder_type: 'Account holder', individual: 'Individual', company: 'Company',
  save: 'Save this card for the next time',
  remove: 'Remove {title}', removeAsk: 'The shop forgets it, here and elsewhere.',
  removeSure: 'Remove for good', keep: 'Keep it', notRemoved: 'It could not be removed. Try again, or ask the shop.',
  method: 'Payment method', card: 'Card', optional: '(optional)',
  months: 'MM / YY', withNumber: 'You enter it with the card number.',
  redirect: 'You go on to {title} after you press the button to pay.',
  code: 'You are shown a code to scan with your bank’s app.',
  mandate: 'By giving your account you let {business} and its payment service debit it, and your bank do so. '
    + 'You can ask your bank for the money back under the terms of your agreement with it.',
  business: 'this shop',
  noCards: 'Cards cannot be taken on this page at the moment. Choose another way to pay, or ask the shop.',
  noMethods: 'There is no way to pay here that this form can show. Ask the shop.',
  incomplete_number: 'Your card number is incomplete.',
  invalid_number: 'Your card number is invalid.',
  incomplete_expiry: 'Your card’s expiration date is incomplete.',
  invalid_expiry_month: 'Your card’s expiration month is invalid.',
  invalid_expiry_month_past: 'Your card’s expiration date is in the past.',
  invalid_expiry_year: 'Your card’s expiration year is invalid.',
  invalid_expiry_year_past: 'Your card’s expiration year is in the past.',
  incomplete_cvc: 'Your card’s security code is incomplete.',
  incomplete_iban: 'The IBAN is incomplete.',
  invalid_iban: 'The IBAN is invalid.',
  incomplete_email: 'Your email is incomplete.',
  incomplete_field: 'This field is incomplete.',
};

const THAI = {
  number: 'หมายเลขบัตร', expiry: 'วันหมดอายุ', cvc: 'รหัสความปลอดภัย', postal: 'รหัสไปรษณีย์',
  iban: 'IBAN', name: 'ชื่อและนามสกุล', email: 'อีเมล', phone: 'หมายเลขโทรศัพท์', country: 'ประเทศหรือภูมิภาค',
  line1: 'ที่อยู่บรรทัดที่ 1', line2: 'ที่อยู่บรรทัดที่ 2', city: 'เขตหรืออำเภอ', state: 'จังหวัด',
  account_number: 'เลขที่บัญชี', routing_number: 'รหัสธนาคาร', tax_id: 'เลขประจำตัวผู้เสียภาษี',
  account_holder_type: 'เจ้าของบัญชี', individual: 'บุคคล', company: 'บริษัท',
  save: 'บันทึกบัตรนี้ไว้ใช้ครั้งต่อไป',
  remove: 'ลบ {title}', removeAsk: 'ร้านจะลืมวิธีชำระเงินนี้ ทั้งที่นี่และที่อื่น',
  removeSure: 'ลบถาวร', keep: 'เก็บไว้', notRemoved: 'ลบไม่ได้ โปรดลองอีกครั้งหรือติดต่อร้าน',
  method: 'วิธีชำระเงิน', card: 'บัตร', optional: '(ไม่บังคับ)',
  months: 'ดด / ปป', withNumber: 'กรอกพร้อมกับหมายเลขบัตร',
  redirect: 'เมื่อกดปุ่มชำระเงิน คุณจะไปยังหน้าของ {title}',
  code: 'ระบบจะแสดงรหัสให้สแกนด้วยแอปธนาคารของคุณ',
  mandate: 'เมื่อให้หมายเลขบัญชี คุณอนุญาตให้ {business} และผู้ให้บริการชำระเงินหักเงินจากบัญชี และให้ธนาคารดำเนินการตามนั้น '
    + 'คุณขอเงินคืนจากธนาคารได้ตามข้อตกลงของคุณกับธนาคาร',
  business: 'ร้านนี้',
  noCards: 'ขณะนี้หน้านี้รับบัตรไม่ได้ โปรดเลือกวิธีอื่นหรือติดต่อร้าน',
  noMethods: 'ไม่มีวิธีชำระเงินที่แบบฟอร์มนี้แสดงได้ โปรดติดต่อร้าน',
  incomplete_number: 'หมายเลขบัตรไม่ครบ',
  invalid_number: 'หมายเลขบัตรไม่ถูกต้อง',
  incomplete_expiry: 'วันหมดอายุของบัตรไม่ครบ',
  invalid_expiry_month: 'เดือนหมดอายุของบัตรไม่ถูกต้อง',
  invalid_expiry_month_past: 'บัตรหมดอายุแล้ว',
  invalid_expiry_year: 'ปีหมดอายุของบัตรไม่ถูกต้อง',
  invalid_expiry_year_past: 'ปีหมดอายุของบัตรผ่านไปแล้ว',
  incomplete_cvc: 'รหัสความปลอดภัยของบัตรไม่ครบ',
  incomplete_iban: 'IBAN ไม่ครบ',
  invalid_iban: 'IBAN ไม่ถูกต้อง',
  incomplete_email: 'อีเมลไม่ครบ',
  incomplete_field: 'กรอกข้อมูลในช่องนี้ไม่ครบ',
};

/** Return the words of a language. @param {string} [locale] `auto` for the browser's. */
export function wordsOf(locale) {
  const language = languageOf(locale);
  return language === 'th' ? THAI : ENGLISH;
}

/** Return the language that is shown. @param {string} [locale] */
export function languageOf(locale) {
  const wanted = locale && locale !== 'auto' ? locale : navigator.language;
  return wanted.startsWith('th') ? 'th' : 'en';
}

/** Fill a sentence. @param {string} sentence @param {Record<string, string>} parts */
export const fill = (sentence, parts) => sentence.replace(/{(\w+)}/g, (_, name) => parts[name] ?? '');
