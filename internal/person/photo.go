package person

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // read
	"image/jpeg"
	_ "image/png" // read

	_ "golang.org/x/image/webp" // read

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Limits of a photo as it is sent.
const (
	MaxPhoto  = 16 << 20  // bytes
	maxSide   = 20_000    // pixels
	maxDecode = 240 << 20 // bytes that decoding may take
	faceSide  = 256       // pixels of what is kept
	maxFace   = 200 << 10 // bytes of what is kept
)

// decoding lets one photo be decoded at a time: each may take maxDecode.
var decoding = make(chan struct{}, 1) //nolint:gochecknoglobals // a lock

// Face makes the small square JPEG that is kept of a photo: turned upright, cut to its middle, and with nothing of the
// file that was sent but what is seen. A picture that says it is larger than is decoded is refused by its header.
func Face(ctx context.Context, photo []byte) ([]byte, error) {
	if len(photo) > MaxPhoto {
		return nil, fault.TooLarge("photo_too_large", "photo", "A photo has at most %d MB.", MaxPhoto>>20).With("max", MaxPhoto>>20)
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(photo))
	if err != nil {
		return nil, notAPhoto(err)
	}
	cost := 4
	switch {
	case format == "jpeg" && progressive(photo):
		cost = 15
	case format == "png" || format == "gif":
		cost = 8
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxDecode/cost {
		return nil, fault.Invalid("photo_too_many_pixels", "photo", "This picture is %d by %d pixels, which is more than is read. Make it smaller first.", c.Width, c.Height).
			With("width", c.Width).With("height", c.Height)
	}
	select {
	case decoding <- struct{}{}:
		defer func() { <-decoding }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	img, err := decode(photo)
	if err != nil {
		return nil, notAPhoto(err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(square(img), orientation(format, photo)), &jpeg.Options{Quality: 85}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// decode reads a picture. A decoder that panics on a broken file says no more than that it is broken.
func decode(photo []byte) (img image.Image, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the decoder gave up")
		}
	}()
	img, _, err = image.Decode(bytes.NewReader(photo))
	return img, err
}

func notAPhoto(err error) error {
	return fault.Invalid("not_a_photo", "photo", "This is not a picture we can read; send a JPEG, PNG, GIF or WebP.").Because(err)
}

// square is the middle of a picture at the side of a face, or smaller where the picture is. Each pixel is the average of
// those it stands for; what is transparent becomes white.
func square(img image.Image) *image.RGBA {
	b := img.Bounds()
	side := min(b.Dx(), b.Dy())
	x0, y0 := b.Min.X+(b.Dx()-side)/2, b.Min.Y+(b.Dy()-side)/2
	n := min(side, faceSide)
	out := image.NewRGBA(image.Rect(0, 0, n, n))
	for y := range n {
		top, bottom := y0+y*side/n, y0+(y+1)*side/n
		for x := range n {
			left, right := x0+x*side/n, x0+(x+1)*side/n
			// A large picture is sampled: up to 8 by 8 of the pixels a pixel stands for are enough for a face.
			stepX, stepY := max(1, (right-left)/8), max(1, (bottom-top)/8)
			var r, g, bl, count uint64
			for sy := top; sy < bottom; sy += stepY {
				for sx := left; sx < right; sx += stepX {
					pr, pg, pb, pa := img.At(sx, sy).RGBA()
					white := uint64(0xffff - pa)
					r, g, bl, count = r+uint64(pr)+white, g+uint64(pg)+white, bl+uint64(pb)+white, count+1
				}
			}
			out.SetRGBA(x, y, color.RGBA{byte8(r / count), byte8(g / count), byte8(bl / count), 255})
		}
	}
	return out
}

func byte8(v uint64) uint8 { return uint8(min(v>>8, 255)) }

// upright turns a square by its EXIF orientation, 1 to 8.
func upright(img *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return img
	}
	n := img.Bounds().Dx()
	out := image.NewRGBA(img.Bounds())
	for y := range n {
		for x := range n {
			sx, sy := x, y
			switch orientation {
			case 2:
				sx = n - 1 - x
			case 3:
				sx, sy = n-1-x, n-1-y
			case 4:
				sy = n - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, n-1-x
			case 7:
				sx, sy = n-1-y, n-1-x
			case 8:
				sx, sy = n-1-y, x
			}
			out.SetRGBA(x, y, img.RGBAAt(sx, sy))
		}
	}
	return out
}

// segments calls f with each marker segment of a JPEG before its pixels, until f says that it has enough.
func segments(jpg []byte, f func(marker byte, data []byte) bool) {
	for i := 2; i+4 <= len(jpg); {
		if jpg[i] != 0xff {
			return
		}
		marker := jpg[i+1]
		if marker == 0xff { // filling
			i++
			continue
		}
		n := int(binary.BigEndian.Uint16(jpg[i+2:]))
		if n < 2 || i+2+n > len(jpg) || marker == 0xda || f(marker, jpg[i+4:i+2+n]) {
			return
		}
		i += 2 + n
	}
}

// progressive reports whether a JPEG is sent in passes, which are all kept until the last.
func progressive(jpg []byte) (yes bool) {
	segments(jpg, func(marker byte, _ []byte) bool {
		yes = marker == 0xc2
		return yes
	})
	return yes
}

// orientation is how a picture is to be turned, by EXIF; 1 is not at all.
func orientation(format string, photo []byte) int {
	exif := []byte(nil)
	switch format {
	case "jpeg":
		segments(photo, func(marker byte, data []byte) bool {
			if marker == 0xe1 && bytes.HasPrefix(data, []byte("Exif\x00\x00")) {
				exif = data[6:]
			}
			return exif != nil
		})
	case "webp": // chunks of RIFF: a name, a length, an even number of bytes
		for i := 12; i+8 <= len(photo); {
			n := int(binary.LittleEndian.Uint32(photo[i+4:]))
			if n > len(photo)-i-8 {
				break
			}
			if string(photo[i:i+4]) == "EXIF" {
				exif = bytes.TrimPrefix(photo[i+8:i+8+n], []byte("Exif\x00\x00"))
				break
			}
			i += 8 + n + n%2
		}
	}
	return exifOrientation(exif)
}

// exifOrientation reads tag 0x0112 of the first directory (EXIF 2.32, 4.6.4).
func exifOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at > len(tiff)-2 {
		return 1
	}
	n := int(order.Uint16(tiff[at:]))
	for i := at + 2; n > 0 && i+12 <= len(tiff); i, n = i+12, n-1 {
		if order.Uint16(tiff[i:]) == 0x0112 && order.Uint16(tiff[i+2:]) == 3 {
			return int(order.Uint16(tiff[i+8:]))
		}
	}
	return 1
}

// checkFace says whether bytes of an archive are a face as it is kept.
func checkFace(jpg []byte) error {
	c, format, err := image.DecodeConfig(bytes.NewReader(jpg))
	if err != nil || format != "jpeg" || c.Width > faceSide || c.Height != c.Width || len(jpg) > maxFace {
		return fault.Invalid("bad_row", "photo", "A row of this file cannot be kept.").Because(err)
	}
	return nil
}

func photoHash(jpg []byte) string {
	sum := sha256.Sum256(jpg)
	return hex.EncodeToString(sum[:8])
}

// SetPhoto keeps the face of a person, made of a photo. The same photo again changes nothing.
func (s *Service) SetPhoto(ctx context.Context, by account.ID, id string, photo []byte, ifRevision int64) (Person, error) {
	if _, err := get(ctx, s.db, by, id); err != nil { // before the work
		return Person{}, err
	}
	jpg, err := Face(ctx, photo)
	if err != nil {
		return Person{}, err
	}
	hash := photoHash(jpg)
	return s.picture(ctx, by, id, ifRevision, hash, func(ctx context.Context, tx *db.Tx) error {
		return putPhoto(ctx, tx, by, id, jpg, db.Micros(s.instant()))
	})
}

// SetPhotoIn keeps a face that Face made, inside a transaction, for imports.
func (s *Service) SetPhotoIn(ctx context.Context, tx *db.Tx, by account.ID, id string, face []byte) error {
	if err := checkFace(face); err != nil {
		return err
	}
	_, err := s.change(ctx, tx, by, id, 0, func(p *Person) error { p.Photo = photoHash(face); return nil })
	if err != nil {
		return err
	}
	return putPhoto(ctx, tx, by, id, face, db.Micros(s.instant()))
}

// RemovePhoto takes the face of a person away.
func (s *Service) RemovePhoto(ctx context.Context, by account.ID, id string, ifRevision int64) (Person, error) {
	return s.picture(ctx, by, id, ifRevision, "", func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM person_photo WHERE user_id = $1 AND person_id = $2", string(by), id)
		return err
	})
}

func (s *Service) picture(ctx context.Context, by account.ID, id string, ifRevision int64, hash string, write func(context.Context, *db.Tx) error) (p Person, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if p, err = get(ctx, tx, by, id); err != nil {
			return err
		}
		if p.Photo == hash && (ifRevision == 0 || ifRevision == p.Revision) {
			p, err = s.opened(by, p)
			return err
		}
		p, err = s.change(ctx, tx, by, id, ifRevision, func(p *Person) error { p.Photo = hash; return nil })
		if err != nil {
			return err
		}
		return write(ctx, tx)
	})
	return p, err
}

// Photo returns the face of a person as JPEG.
func (s *Service) Photo(ctx context.Context, by account.ID, id string) ([]byte, error) {
	p, err := get(ctx, s.db, by, id)
	if err != nil {
		return nil, err
	}
	if p.Photo == "" {
		return nil, fault.NotFound("photo")
	}
	return db.One(ctx, s.db, db.Value[[]byte], "SELECT jpeg FROM person_photo WHERE user_id = $1 AND person_id = $2", string(by), id)
}

func putPhoto(ctx context.Context, tx *db.Tx, by account.ID, id string, jpg []byte, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO person_photo (user_id, person_id, hash, jpeg, added_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id, person_id) DO UPDATE SET hash = excluded.hash, jpeg = excluded.jpeg, added_at = excluded.added_at`,
		string(by), id, photoHash(jpg), jpg, at)
	return err
}
