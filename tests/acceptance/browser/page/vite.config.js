export default {
  base: './',
  clearScreen: false,
  logLevel: 'warn',
  build: { minify: false, modulePreload: false, reportCompressedSize: false, rollupOptions: { input: ['index.html', 'plain.html', 'checkout.html', 'sellers.html'] } },
};
