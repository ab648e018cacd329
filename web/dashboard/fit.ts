/** Pages are laid out on a 1920 × 1080 canvas; here it is fitted to whatever window there is. */
export function keepFitted(canvas: HTMLElement): void {
  const scaleToWindow = () => {
    const scale = Math.min(innerWidth / 1920, innerHeight / 1080);
    canvas.style.transform = `scale(${scale})`;
  };
  addEventListener("resize", scaleToWindow);
  scaleToWindow();
}
