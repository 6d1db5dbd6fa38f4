// What the variants show: pictures in the order in which they came, and canvases drawn piece by piece.

import { useEffect, useRef } from 'preact/hooks';
import { type CanvasSize, paintWith, type Variant, variants } from '../run/results.ts';

function Canvas({ size, label }: { size: CanvasSize; label: string }) {
  const element = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = element.current?.getContext('2d');
    if (!context) return;
    paintWith(size.canvas, ({ x, y, width, pixels }) => {
      // Half a row is a mistake in user code, not a reason to lose the frame.
      const height = Math.floor(pixels.length / 4 / width);
      if (height < 1) return;
      const whole = pixels.subarray(0, width * height * 4);
      context.putImageData(new ImageData(whole, width, height), x, y);
    });
  }, [size]);
  return (
    <canvas
      ref={element}
      width={size.width}
      height={size.height}
      role="img"
      aria-label={`Drawn by “${label}”`}
    />
  );
}

function Gallery({ variant, index }: { variant: Variant; index: number }) {
  const { pictures, canvases, name } = variant;
  return (
    <figure style={{ '--lane': `var(--lane-${index % 6})` }} data-variant={name}>
      {name && (
        <figcaption>
          {name}
          {pictures.length > 1 && <span> {pictures.length}</span>}
        </figcaption>
      )}
      {canvases.map(size => (
        <Canvas key={size.canvas} size={size} label={name || 'main'} />
      ))}
      {pictures.length > 0 && (
        <ul class="pictures">
          {pictures.map((picture, place) => (
            // Two pictures may have the same caption; none ever moves.
            <li key={place} class={picture.wide ? 'wide' : undefined}>
              <img src={picture.address} alt={picture.caption} title={picture.caption} />
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

export function Pictures() {
  const showing = variants.value
    .map((variant, index) => ({ variant, index }))
    .filter(({ variant }) => variant.pictures.length > 0 || variant.canvases.length > 0);
  if (showing.length === 0) return null;
  const drawn = showing.some(({ variant }) => variant.canvases.length > 0);
  return (
    <section class={drawn ? 'gallery drawn' : 'gallery'} aria-labelledby="pictures-title">
      <h3 id="pictures-title">Pictures</h3>
      <div class="figures">
        {showing.map(({ variant, index }) => (
          <Gallery key={variant.id} variant={variant} index={index} />
        ))}
      </div>
    </section>
  );
}
