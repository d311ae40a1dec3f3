package main

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
)

// The icons are the mark: a line from morning to night, and three motes on it. Coordinates are those of mark.svg, 32 wide.
type dot struct {
	x, y, r float64
	c       color.RGBA
}

var (
	paper = color.RGBA{0xfc, 0xfa, 0xf5, 0xff}
	line  = color.RGBA{0xb9, 0xae, 0xa2, 0xff}
	dots  = []dot{
		{8.5, 20.5, 2.6, color.RGBA{0x3f, 0x7f, 0xa5, 0xff}},
		{16.5, 14, 5.2, color.RGBA{0xb9, 0x5c, 0x2b, 0xff}},
		{24.2, 20.5, 3, color.RGBA{0x8a, 0x6b, 0x1c, 0xff}},
	}
)

// shades is how many steps a colour fades over paper at an edge.
const shades = 15

func drawIcons(to string) error {
	for _, i := range []struct {
		name   string
		size   int
		corner float64 // radius of the corners; beyond them nothing is drawn
		scale  float64 // of the drawing about the middle; a mask may cut a fifth off every side
	}{
		{"icon-180", 180, 0, 0.94},
		{"icon-192", 192, 7, 1},
		{"icon-512", 512, 7, 1},
		{"icon-mask", 512, 0, 0.74},
	} {
		if err := drawIcon(filepath.Join(to, i.name+".png"), i.size, i.corner, i.scale); err != nil {
			return err
		}
	}
	return nil
}

// drawIcon draws with few colours, so that the file is small: nothing, then for each colour its shades over paper.
func drawIcon(name string, size int, corner, scale float64) error {
	palette := color.Palette{color.RGBA{}}
	colours := []color.RGBA{line}
	for _, d := range dots {
		colours = append(colours, d.c)
	}
	for i := 1; i <= shades; i++ {
		a := uint8(math.Round(255 * float64(i) / shades))
		palette = append(palette, color.NRGBA{paper.R, paper.G, paper.B, a})
	}
	for _, c := range colours {
		for i := 1; i <= shades; i++ {
			palette = append(palette, mixed(c, float64(i)/shades))
		}
	}
	img := image.NewPaletted(image.Rect(0, 0, size, size), palette)
	unit := 32 / float64(size)
	cover := func(distance float64) int { // of a pixel whose middle is so far outside
		return int(math.Round(shades * math.Max(0, math.Min(1, 0.5-distance/unit))))
	}
	for py := range size {
		for px := range size {
			x, y := (float64(px)+0.5)*unit, (float64(py)+0.5)*unit
			index := cover(boxed(x-16, y-16, 16, corner))
			if corner == 0 {
				index = shades
			}
			at := func(v float64) float64 { return 16 + (v-16)*scale }
			ends := math.Max(at(4), math.Min(at(28), x))
			if n := cover(math.Hypot(x-ends, y-at(20.5)) - 0.75*scale); n > 0 {
				index = shades + n
			}
			for i, d := range dots {
				if n := cover(math.Hypot(x-at(d.x), y-at(d.y)) - d.r*scale); n > 0 {
					index = shades*(i+2) + n
				}
			}
			img.Pix[py*img.Stride+px] = uint8(index)
		}
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, img)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// boxed is how far a point is outside a square with round corners.
func boxed(x, y, half, corner float64) float64 {
	dx, dy := math.Abs(x)-half+corner, math.Abs(y)-half+corner
	return math.Hypot(math.Max(dx, 0), math.Max(dy, 0)) + math.Min(math.Max(dx, dy), 0) - corner
}

func mixed(c color.RGBA, share float64) color.RGBA {
	m := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*share + float64(b)*(1-share))) }
	return color.RGBA{m(c.R, paper.R), m(c.G, paper.G), m(c.B, paper.B), 0xff}
}
