package fulltext

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	zapapi "github.com/blevesearch/scorch_segment_api/v2"
)

// Every batch is a segment, and every segment costs each search a few
// microseconds. So segments of about one size are made into one, in steps that
// are eight times as large, up to a size that is written within a second or two:
// while it is written, nothing else is indexed.
const (
	mergeWidth  = 8
	smallest    = 512
	largest     = 1 << 18 // documents
	halfLargest = largest / 2
)

// deletedShare is when a segment is written anew for what is deleted in it: one
// part of so many.
const deletedShare = 4

// pick chooses the segments to be merged next.
func pick(segments []*segment) []*segment {
	for _, s := range segments {
		if s.Purge {
			return []*segment{s}
		}
	}
	if some := tooMany(segments); some != nil {
		return some
	}
	for _, s := range segments {
		if s.live() < s.Docs-s.Docs/deletedShare {
			return []*segment{s}
		}
	}
	return nil
}

// tooMany are segments of one size, when there are so many.
func tooMany(segments []*segment) []*segment {
	bySize := map[int][]*segment{}
	for _, s := range segments {
		if s.live() < halfLargest {
			bySize[level(s.live())] = append(bySize[level(s.live())], s)
		}
	}
	for l := range levels {
		same := bySize[l]
		if len(same) < mergeWidth {
			continue
		}
		slices.SortStableFunc(same, func(a, b *segment) int { return cmp.Compare(a.live(), b.live()) })
		return upTo(largest, same[:mergeWidth])
	}
	return nil
}

const levels = 5

func level(documents uint64) (l int) {
	for size := uint64(smallest); documents >= size && l < levels-1; size *= mergeWidth {
		l++
	}
	return l
}

// upTo takes as many as make one of at most that size; at least two.
func upTo(size uint64, some []*segment) []*segment {
	sum := uint64(0)
	for i, s := range some {
		if sum += s.live(); sum > size && i >= 2 {
			return some[:i]
		}
	}
	return some
}

// mergeFiles writes the documents that count of some segments to a new file.
func mergeFiles(ctx context.Context, some []*segment, path string) error {
	var files []zapapi.Segment
	var drops []*roaring.Bitmap
	for _, s := range some {
		files, drops = append(files, s.handle.zap), append(drops, s.deleted)
	}
	stop := make(chan struct{})
	defer context.AfterFunc(ctx, func() { close(stop) })()
	_, _, err := plugin.Merge(files, drops, path, stop, nil)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
