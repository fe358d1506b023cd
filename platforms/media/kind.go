package media

// What a file is, by its first bytes. Names and headers are a stranger's word.

import (
	"bytes"
	"mime"
	"net/http"
)

// kindOf is the media type of what begins so, "" when nobody knows.
func kindOf(head []byte) string {
	if brand, ok := brandOf(head); ok {
		return brandKind(brand)
	}
	sniffed, _, err := mime.ParseMediaType(http.DetectContentType(head))
	switch {
	case isMP3(head):
		return "audio/mpeg"
	case err != nil, sniffed == "application/octet-stream":
		return ""
	case sniffed == "audio/wave":
		return "audio/wav"
	case sniffed == "application/ogg":
		return "audio/ogg" // of what is sent in messages, voice
	}
	return sniffed
}

// brandOf is the brand of a file in the ISO base media format (ISO/IEC
// 14496-12, 4.3): films, sounds and newer pictures alike.
func brandOf(head []byte) (brand string, ok bool) {
	if len(head) < 12 || !bytes.Equal(head[4:8], []byte("ftyp")) {
		return "", false
	}
	return string(head[8:12]), true
}

func brandKind(brand string) string {
	switch brand {
	case "M4A ", "M4B ":
		return "audio/mp4"
	case "qt  ":
		return "video/quicktime"
	case "heic", "heix", "mif1", "msf1", "heim", "heis":
		return "image/heic"
	case "avif", "avis":
		return "image/avif"
	}
	return "video/mp4"
}

// isMP3 knows a frame of MPEG audio without a tag before it.
func isMP3(head []byte) bool {
	return len(head) > 2 && head[0] == 0xff && head[1]&0xe0 == 0xe0
}
