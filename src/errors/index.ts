export {EngineError, hasCode, isErrno} from './engine-error.ts'
export {type ErrorCode, type ErrorInfo, type ErrorKind, errorTable} from './error-table.ts'
export {inContext} from './in-context.ts'
export {runUndoable, UndoStack} from './undo-stack.ts'
