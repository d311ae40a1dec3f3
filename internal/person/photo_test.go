package person

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"kith/internal/fault"
)

// halves is a picture, red on the left and blue on the right.
func halves(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func encoded(t testing.TB, img image.Image, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, img)
	case "gif":
		err = gif.Encode(&b, img, nil)
	default:
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turned puts an EXIF orientation, and a place where it was taken, into a JPEG.
func turned(jpg []byte, orientation byte) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	tiff = append(tiff, orientation, 0, 0, 0, 0, 0, 0)
	body := append(append([]byte("Exif\x00\x00"), tiff...), "a secret place"...)
	seg := append([]byte{0xff, 0xe1, 0, 0}, body...)
	binary.BigEndian.PutUint16(seg[2:], uint16(len(body)+2))
	return append(append(bytes.Clone(jpg[:2]), seg...), jpg[2:]...)
}

func TestFace(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"png", "gif", "jpeg"} {
		face, err := Face(t.Context(), encoded(t, halves(900, 600), format))
		if err != nil {
			t.Fatal(err)
		}
		if err := checkFace(face); err != nil {
			t.Error(err)
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(face))
		if err != nil || c.Width != 256 || c.Height != 256 {
			t.Errorf("%s: %d by %d, %v", format, c.Width, c.Height, err)
		}
	}
	// Where the red half ends up, by EXIF.
	for orientation, at := range map[byte]image.Point{1: {10, 50}, 2: {90, 50}, 3: {90, 50}, 4: {10, 50}, 5: {50, 10}, 6: {50, 10}, 7: {50, 90}, 8: {50, 90}} {
		face, err := Face(t.Context(), turned(encoded(t, halves(100, 100), "jpeg"), orientation))
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(face))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, b, _ := img.At(at.X, at.Y).RGBA(); r < 0xc000 || b > 0x4000 {
			t.Errorf("orientation %d: at %v it is not red", orientation, at)
		}
		if bytes.Contains(face, []byte("secret")) || bytes.Contains(face, []byte("Exif")) {
			t.Errorf("orientation %d: something of the file was kept", orientation)
		}
	}
}

// bomb is a PNG of a few bytes that says it has a hundred million pixels.
func bomb(t *testing.T) []byte {
	t.Helper()
	b := encoded(t, image.NewGray(image.Rect(0, 0, 1, 1)), "png")
	binary.BigEndian.PutUint32(b[16:], 10_000)
	binary.BigEndian.PutUint32(b[20:], 10_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestFace_refuses(t *testing.T) {
	t.Parallel()
	whole := encoded(t, halves(90, 90), "jpeg")
	for what, b := range map[string][]byte{
		"photo_too_many_pixels": bomb(t), "not_a_photo": []byte("GIF89a"), "not_a_photo ": nil, "not_a_photo  ": []byte("<svg/>"),
		"not_a_photo   ": whole[:len(whole)/2], "photo_too_large": make([]byte, MaxPhoto+1),
	} {
		_, err := Face(t.Context(), b)
		if f := fault.As(err); f == nil || f.Code != string(bytes.TrimSpace([]byte(what))) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func FuzzFace(f *testing.F) {
	f.Add(encoded(f, halves(3, 2), "png"))
	f.Add(turned(encoded(f, halves(9, 9), "jpeg"), 6))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPVP8 "))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width*c.Height > 1<<20 {
			return // slow, not wrong
		}
		face, err := Face(t.Context(), b)
		switch {
		case err == nil:
			if err := checkFace(face); err != nil {
				t.Error(err)
			}
		case fault.As(err) == nil:
			t.Errorf("not said in words: %v", err)
		}
	})
}
