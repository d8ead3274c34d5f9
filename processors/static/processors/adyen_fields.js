// Shows Adyen's own card fields, and hands on what they encrypt of what is typed into them.

/** What Rialto takes of a card: Adyen's fields tell more of the page than a payment needs. */
const PARTS = ['encryptedCardNumber', 'encryptedExpiryMonth', 'encryptedExpiryYear', 'encryptedSecurityCode', 'holderName', 'brand'];
const BRANDS = ['visa', 'mc', 'amex', 'discover', 'diners', 'jcb', 'maestro', 'cup'];
/** Adyen wants a country, which decides nothing about cards: its own where the payer's is not known. */
const COUNTRY = 'NL';
const WORDS = {
  en: 'Check the number, the date and the security code of the card.',
  th: 'โปรดตรวจสอบหมายเลขบัตร วันหมดอายุ และรหัสความปลอดภัย',
};

/** Adyen's library has no Thai: what its fields say, by its own keys. Tools to read pages aloud hear it too. */
const THAI = {
  close: 'ปิด', loading: 'กำลังโหลด…', 'field.title.optional': '(ไม่บังคับ)',
  'field.valid': 'ข้อมูลถูกต้อง', 'field.invalid': 'ข้อมูลไม่ถูกต้อง',
  'field.error.required': 'กรอก%{label}', 'field.error.invalid': 'กรอก%{label}ให้ถูกต้อง',
  'errorPanel.title': 'ข้อผิดพลาด', 'form.instruction': 'ต้องกรอกทุกช่อง เว้นแต่ระบุไว้เป็นอย่างอื่น',
  'creditCard.cardNumber.label': 'หมายเลขบัตร', 'creditCard.expiryDate.label': 'วันหมดอายุ',
  'creditCard.expiryDate.contextualText': 'อยู่ด้านหน้าบัตร รูปแบบ ดด/ปป',
  'creditCard.expiryMonth.label': 'เดือนหมดอายุ', 'creditCard.expiryYear.label': 'ปีหมดอายุ',
  'creditCard.expiryDateField.month': 'เดือน', 'creditCard.expiryDateField.year': 'ปี',
  'creditCard.securityCode.label': 'รหัสความปลอดภัย', 'creditCard.securityCode.label.optional': 'รหัสความปลอดภัย (ไม่บังคับ)',
  'creditCard.securityCode.contextualText.3digits': 'ตัวเลข 3 หลักด้านหลังบัตร',
  'creditCard.securityCode.contextualText.4digits': 'ตัวเลข 4 หลักด้านหน้าบัตร',
  'creditCard.dualBrand.title': 'เครือข่ายบัตร', 'creditCard.dualBrand.description': 'เลือกเครือข่ายบัตรที่ต้องการใช้ได้ ไม่บังคับ',
  'creditCard.encryptedCardNumber.aria.iframeTitle': 'หมายเลขบัตร',
  'creditCard.encryptedExpiryDate.aria.iframeTitle': 'วันหมดอายุ',
  'creditCard.encryptedExpiryMonth.aria.iframeTitle': 'เดือนหมดอายุ',
  'creditCard.encryptedExpiryYear.aria.iframeTitle': 'ปีหมดอายุ',
  'creditCard.encryptedSecurityCode.aria.iframeTitle': 'รหัสความปลอดภัย',
  'cc.num.900': 'กรอกหมายเลขบัตร', 'cc.num.901': 'กรอกหมายเลขบัตรให้ครบ', 'cc.num.902': 'กรอกหมายเลขบัตรให้ถูกต้อง',
  'cc.num.903': 'กรอกบัตรของเครือข่ายที่รับ', 'cc.num.904': 'ไม่รับบัตรประเภทนี้',
  'cc.dat.910': 'กรอกวันหมดอายุที่อยู่ด้านหน้าบัตร รูปแบบ ดด/ปป', 'cc.dat.911': 'กรอกวันหมดอายุให้ครบ รูปแบบ ดด/ปป',
  'cc.dat.912': 'วันหมดอายุไม่ถูกต้อง กรอกรูปแบบ ดด/ปป', 'cc.dat.913': 'วันหมดอายุไม่ถูกต้อง กรอกรูปแบบ ดด/ปป',
  'cc.dat.914': 'บัตรใกล้หมดอายุ', 'cc.mth.915': 'กรอกเดือนหมดอายุ',
  'cc.yr.917': 'กรอกปีหมดอายุ', 'cc.yr.918': 'กรอกปีหมดอายุให้ครบ',
  'cc.cvc.920': 'กรอกรหัสความปลอดภัย 3 หลักด้านหลังบัตร', 'cc.cvc.921': 'กรอกรหัสความปลอดภัย 3 หลักด้านหลังบัตรให้ครบ',
  'cc.cvc.920.amex': 'กรอกรหัสความปลอดภัย 4 หลักด้านหน้าบัตร', 'cc.cvc.921.amex': 'กรอกรหัสความปลอดภัย 4 หลักด้านหน้าบัตรให้ครบ',
};

/**
 * Show the fields.
 *
 * @param {HTMLElement} place Where they stand.
 * @param {any} settings `library`, `styles`, `client_key`, `environment`, and `locale` of the page.
 * @param {(event: string, details?: object) => void} hear Takes `ready`, `change`, `focus`, `blur`, `loaderror`.
 */
export async function mount(place, settings, hear) {
  const styles = document.createElement('link');
  Object.assign(styles, { rel: 'stylesheet', href: settings.styles });
  document.head.append(styles);
  await load(settings.library);
  const { AdyenCheckout, Card } = /** @type {any} */ (window).AdyenWeb;
  const isThai = settings.locale.startsWith('th');
  const checkout = await AdyenCheckout({
    clientKey: settings.client_key, environment: settings.environment, countryCode: COUNTRY,
    locale: isThai ? 'th-TH' : 'en-US', translations: { 'th-TH': THAI }, analytics: { enabled: false },
  });
  let isTouched = false;
  const card = new Card(checkout, {
    brands: BRANDS, hasHolderName: false, showPayButton: false,
    onConfigSuccess: () => hear('ready'),
    onChange: ({ isValid, data }) => {
      isTouched = true;
      hear('change', { empty: false, complete: Boolean(isValid), brand: data?.paymentMethod?.brand });
    },
    onFocus: ({ focus }) => hear(focus ? 'focus' : 'blur'),
    onError: ({ message }) => hear('loaderror', { error: { type: 'api_error', code: 'card_fields_unavailable', message } }),
  });
  card.mount(place);
  return {
    async make() {
      if (!isTouched || !card.isValid) {
        card.showValidation();
        const message = isThai ? WORDS.th : WORDS.en;
        return { error: { type: 'validation_error', code: 'incomplete_number', message } };
      }
      const { paymentMethod, browserInfo } = card.data;
      const kept = Object.fromEntries(PARTS.filter((part) => paymentMethod[part]).map((part) => [part, paymentMethod[part]]));
      return { token: JSON.stringify({ paymentMethod: kept, browserInfo }) };
    },
    update() {},
    focus() {},
    blur() {},
    clear() {},
  };
}

function load(address) {
  return new Promise((done, fail) => {
    const library = document.createElement('script');
    library.src = address;
    library.onload = done;
    library.onerror = fail;
    document.head.append(library);
  });
}
