export function startRuntime(){} export async function runtimeReady(){} export function setWorkerFactory(){} export function isTaskSide(){return false}
