//go:build linux && (amd64 || arm64) && !static

package vector

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// ortVersion is the version of ONNX Runtime's C API that is asked for: the oldest that has every
// function below, so that newer libraries do as well.
const ortVersion = 12

// Places in the table of functions, struct OrtApi of onnxruntime_c_api.h. New functions are only
// ever added at its end.
const (
	ortGetErrorMessage       = 2
	ortCreateEnv             = 3
	ortCreateSessionFromMem  = 8
	ortRun                   = 9
	ortCreateSessionOptions  = 10
	ortDisableMemPattern     = 17
	ortSetIntraOpThreads     = 24
	ortSetInterOpThreads     = 25
	ortInputCount            = 30
	ortOutputCount           = 31
	ortInputName             = 36
	ortOutputName            = 37
	ortCreateTensor          = 49
	ortTensorData            = 51
	ortDimensionsCount       = 61
	ortDimensions            = 62
	ortTensorShape           = 65
	ortCreateCPUMemoryInfo   = 69
	ortAllocatorFree         = 76
	ortDefaultAllocator      = 78
	ortReleaseEnv            = 92
	ortReleaseStatus         = 93
	ortReleaseMemoryInfo     = 94
	ortReleaseSession        = 95
	ortReleaseValue          = 96
	ortReleaseShape          = 99
	ortReleaseSessionOptions = 100
	ortAddConfig             = 130
	ortFunctions             = 131
)

const (
	ortLogFatal    = 4 // of OrtLoggingLevel: its words would go to stderr; errors are returned anyway
	ortTensorInt64 = 7 // of ONNXTensorElementDataType
	ortArena       = 1 // of OrtAllocatorType
	ortMemDefault  = 0 // of OrtMemType
)

// ort is an open ONNX Runtime library with one model: everything that is called in C.
// run may be called from many goroutines at once.
type ort struct {
	api     *[ortFunctions]uintptr
	env     uintptr
	memory  uintptr // description of the processor's memory
	session uintptr
	inputs  []string
	output  string
	keep    [][]byte // names in C's form, which the two below point to
	inNames []*byte
	outName []*byte
}

// openORT loads the library and the model. The library stays loaded until the process ends, since
// its threads and exit handlers do not bear being unloaded.
func openORT(path string, model []byte) (o *ort, err error) {
	// A library that is not what it says may well break the calls below on the Go side.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the library does not answer as expected: %v", r)
		}
	}()
	o = &ort{}
	if err := o.load(path); err != nil {
		return nil, err
	}
	if err := o.open(model); err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

// load opens the library and finds its table of functions.
func (o *ort) load(path string) error {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return &libraryError{err}
	}
	get, err := purego.Dlsym(handle, "OrtGetApiBase")
	if err != nil {
		return &libraryError{err}
	}
	base, _, _ := purego.SyscallN(get)
	if base == 0 {
		return &libraryError{errors.New("it gives no table of functions")}
	}
	getAPI := *(*uintptr)(pointer(base))
	table, _, _ := purego.SyscallN(getAPI, ortVersion)
	if table == 0 {
		return &libraryError{fmt.Errorf("it is older than C API version %d", ortVersion)}
	}
	o.api = (*[ortFunctions]uintptr)(pointer(table))
	return nil
}

// open starts a session with the model. Every run stays on its caller's thread: many texts at once
// on as many goroutines waste less than one text spread over all cores.
func (o *ort) open(model []byte) error {
	if len(model) == 0 {
		return errors.New("the model is empty")
	}
	name := cString("zhuanhua")
	if err := o.call(ortCreateEnv, ortLogFatal, uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(&o.env))); err != nil {
		return err
	}
	if err := o.call(ortCreateCPUMemoryInfo, ortArena, ortMemDefault, uintptr(unsafe.Pointer(&o.memory))); err != nil {
		return err
	}
	var options uintptr
	if err := o.call(ortCreateSessionOptions, uintptr(unsafe.Pointer(&options))); err != nil {
		return err
	}
	defer o.release(ortReleaseSessionOptions, options)
	if err := o.setOptions(options); err != nil {
		return err
	}
	err := o.call(ortCreateSessionFromMem, o.env, uintptr(unsafe.Pointer(&model[0])), uintptr(len(model)), options,
		uintptr(unsafe.Pointer(&o.session)))
	runtime.KeepAlive(model)
	if err != nil {
		return err
	}
	return o.readNames()
}

func (o *ort) setOptions(options uintptr) error {
	if err := o.call(ortSetIntraOpThreads, options, 1); err != nil {
		return err
	}
	if err := o.call(ortSetInterOpThreads, options, 1); err != nil {
		return err
	}
	// Plans of memory are kept for every shape of input ever seen, and every length is a shape.
	if err := o.call(ortDisableMemPattern, options); err != nil {
		return err
	}
	for _, kv := range [][2]string{
		{"session.intra_op.allow_spinning", "0"},
		{"session.inter_op.allow_spinning", "0"},
		{"session.set_denormal_as_zero", "1"},
	} {
		k, v := cString(kv[0]), cString(kv[1])
		if err := o.call(ortAddConfig, options, uintptr(unsafe.Pointer(&k[0])), uintptr(unsafe.Pointer(&v[0]))); err != nil {
			return err
		}
	}
	return nil
}

// readNames finds out what the model's inputs and its first output are called.
func (o *ort) readNames() error {
	var allocator uintptr
	if err := o.call(ortDefaultAllocator, uintptr(unsafe.Pointer(&allocator))); err != nil {
		return err
	}
	var count uintptr
	if err := o.call(ortInputCount, o.session, uintptr(unsafe.Pointer(&count))); err != nil {
		return err
	}
	for i := range count {
		name, err := o.name(ortInputName, i, allocator)
		if err != nil {
			return err
		}
		o.inputs = append(o.inputs, name)
		o.inNames = append(o.inNames, o.keepName(name))
	}
	if err := o.call(ortOutputCount, o.session, uintptr(unsafe.Pointer(&count))); err != nil {
		return err
	}
	if count == 0 {
		return errors.New("the model has no output")
	}
	name, err := o.name(ortOutputName, 0, allocator)
	if err != nil {
		return err
	}
	o.output = name
	o.outName = []*byte{o.keepName(name)}
	return nil
}

func (o *ort) name(slot int, i, allocator uintptr) (string, error) {
	var p uintptr
	if err := o.call(slot, o.session, i, allocator, uintptr(unsafe.Pointer(&p))); err != nil {
		return "", err
	}
	s := goString(p)
	return s, o.call(ortAllocatorFree, allocator, p)
}

func (o *ort) keepName(name string) *byte {
	b := cString(name)
	o.keep = append(o.keep, b)
	return &b[0]
}

// run puts one matrix of rows × width a model's input through the model and hands the first output,
// with its shape, to use; the output's memory is gone afterwards.
func (o *ort) run(inputs [][]int64, rows, width int, use func(data []float32, shape []int64) error) error {
	if len(inputs) != len(o.inputs) {
		return fmt.Errorf("the model wants %d inputs, not %d", len(o.inputs), len(inputs))
	}
	values := make([]uintptr, len(inputs))
	defer func() {
		for _, v := range values {
			o.release(ortReleaseValue, v)
		}
		runtime.KeepAlive(inputs)
	}()
	shape := [2]int64{int64(rows), int64(width)}
	for i, in := range inputs {
		if len(in) != rows*width || len(in) == 0 {
			return fmt.Errorf("an input of %d values is not %d × %d", len(in), rows, width)
		}
		err := o.call(ortCreateTensor, o.memory, uintptr(unsafe.Pointer(&in[0])), uintptr(len(in)*8),
			uintptr(unsafe.Pointer(&shape[0])), 2, ortTensorInt64, uintptr(unsafe.Pointer(&values[i])))
		if err != nil {
			return err
		}
	}
	var out uintptr
	err := o.call(ortRun, o.session, 0, uintptr(unsafe.Pointer(&o.inNames[0])), uintptr(unsafe.Pointer(&values[0])),
		uintptr(len(values)), uintptr(unsafe.Pointer(&o.outName[0])), 1, uintptr(unsafe.Pointer(&out)))
	if err != nil {
		return err
	}
	defer o.release(ortReleaseValue, out)
	data, dims, err := o.tensor(out)
	if err != nil {
		return err
	}
	return use(data, dims)
}

// tensor returns the values and the shape of a result, in the library's own memory.
func (o *ort) tensor(value uintptr) ([]float32, []int64, error) {
	var info, count, data uintptr
	if err := o.call(ortTensorShape, value, uintptr(unsafe.Pointer(&info))); err != nil {
		return nil, nil, err
	}
	defer o.release(ortReleaseShape, info)
	if err := o.call(ortDimensionsCount, info, uintptr(unsafe.Pointer(&count))); err != nil {
		return nil, nil, err
	}
	if count == 0 || count > 8 {
		return nil, nil, fmt.Errorf("the model's output has %d dimensions", count)
	}
	dims := make([]int64, count)
	if err := o.call(ortDimensions, info, uintptr(unsafe.Pointer(&dims[0])), count); err != nil {
		return nil, nil, err
	}
	if err := o.call(ortTensorData, value, uintptr(unsafe.Pointer(&data))); err != nil {
		return nil, nil, err
	}
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return unsafe.Slice((*float32)(pointer(data)), n), dims, nil
}

// close frees the model. It must not be called while run is under way.
func (o *ort) close() {
	o.release(ortReleaseSession, o.session)
	o.release(ortReleaseMemoryInfo, o.memory)
	o.release(ortReleaseEnv, o.env)
	o.session, o.memory, o.env = 0, 0, 0
}

// call calls a function that returns a status and turns the status into an error.
//
//go:uintptrescapes
func (o *ort) call(slot int, args ...uintptr) error {
	status, _, _ := purego.SyscallN(o.api[slot], args...)
	if status == 0 {
		return nil
	}
	message, _, _ := purego.SyscallN(o.api[ortGetErrorMessage], status)
	err := errors.New(goString(message))
	o.release(ortReleaseStatus, status)
	return err
}

// release frees an object of the library; there is nothing to free at 0.
func (o *ort) release(slot int, object uintptr) {
	if object != 0 {
		_, _, _ = purego.SyscallN(o.api[slot], object)
	}
}

// pointer makes a pointer of an address in C's memory, which Go's collector neither owns nor moves.
func pointer(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

func cString(s string) []byte { return append([]byte(s), 0) }

// goString copies a C string, up to a length that no sensible one has.
func goString(address uintptr) string {
	if address == 0 {
		return ""
	}
	p := pointer(address)
	n := 0
	for n < 1<<16 && *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}
